package acestep4j.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtherSeedsTest {
    private static final AudioBuffer SOUND = new AudioBuffer(new float[2][48_000], 48_000);

    private static final List<RequestBuilder<?>> BUILDERS = List.of(
            TextToMusicRequest.builder().duration(7),
            RetakeRequest.builder().variance(0.2).retakeSeed(5),
            RepaintRequest.builder().source(SOUND).end(1).retakeSeed(5),
            ExtendRequest.builder().source(SOUND).left(3).retakeSeed(5),
            EditRequest.builder().source(SOUND).targetPrompt("metal").remix(),
            AudioToAudioRequest.builder().reference(SOUND).strength(0.3),
            LoopRequest.builder().bpm(100).bars(2).retakeSeed(5));

    @Test
    void onlyTheSeedsAreOthersAndAlwaysTheSame() {
        for (RequestBuilder<?> builder : BUILDERS) {
            GenerationRequest request = builder.prompt("folk")
                    .steps(9)
                    .batchSize(2)
                    .seeds(List.of(1L, 2L))
                    .build();
            GenerationRequest other = OtherSeeds.of(request, 1);
            assertEquals(other, OtherSeeds.of(request, 1));
            assertNotEquals(other, OtherSeeds.of(request, 2));
            assertEquals(request.getClass(), other.getClass());
            assertEquals(request.taskSettings(), other.taskSettings());
            assertEquals(request.prompt(), other.prompt());
            assertEquals(request.sampling(), other.sampling());
            boolean isRetake = request instanceof RetakeRequest;
            assertEquals(isRetake, request.seeds().equals(other.seeds()), request.task());
            assertEquals(2, other.seeds().stream().distinct().count());
            if (request instanceof VariedRequest varied) {
                assertNotEquals(varied.retakeSeeds(), ((VariedRequest) other).retakeSeeds());
            }
        }
    }

    @Test
    void drawnSeedsStayOpen() {
        TextToMusicRequest request = TextToMusicRequest.builder().build();
        assertTrue(OtherSeeds.of(request, 1).seeds().isEmpty());
    }
}
