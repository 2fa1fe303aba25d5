package acestep4j.benchmarks;

/** The song that is measured when no other is given. */
final class Example {
    static final String PROMPT = "funk, pop, soul, melodic, guitar, drums, 105 BPM, energetic";
    static final String LYRICS =
            """
            [verse]
            The lamps along the harbour burn until the morning comes
            We count the boats and then the stars and then each other's drums

            [chorus]
            Oh, oh, oh - the lights are going down!
            Oh, oh, oh - and all across the town""";

    private Example() {}
}
