package acestep4j.request;

import java.util.List;

/** The same request with other seeds. */
public final class OtherSeeds {
    /** The odd number nearest to 2^64 divided by the golden ratio, as in SplitMix64. */
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private OtherSeeds() {}

    /**
     * The request of another attempt. Seeds are derived from those given, always in the same way; those that are drawn stay
     * open and are drawn anew. A retake keeps the seeds of what it varies and takes other ones for its second noise.
     *
     * @param attempt 1 or more, another one for other seeds
     */
    public static GenerationRequest of(GenerationRequest request, int attempt) {
        List<Long> seeds = derived(request.seeds(), attempt);
        if (request instanceof TextToMusicRequest music) {
            return new TextToMusicRequest(
                    music.prompt(),
                    music.lyrics(),
                    seeds,
                    music.batchSize(),
                    music.sampling(),
                    music.duration(),
                    music.randomDuration());
        }
        if (request instanceof RetakeRequest retake) {
            return new RetakeRequest(
                    retake.prompt(),
                    retake.lyrics(),
                    retake.seeds(),
                    retake.batchSize(),
                    retake.sampling(),
                    retake.duration(),
                    retake.randomDuration(),
                    retake.variance(),
                    derived(retake.retakeSeeds(), attempt));
        }
        if (request instanceof RepaintRequest repaint) {
            return new RepaintRequest(
                    repaint.prompt(),
                    repaint.lyrics(),
                    seeds,
                    repaint.batchSize(),
                    repaint.sampling(),
                    repaint.source(),
                    repaint.start(),
                    repaint.end(),
                    repaint.variance(),
                    derived(repaint.retakeSeeds(), attempt));
        }
        if (request instanceof ExtendRequest extend) {
            return new ExtendRequest(
                    extend.prompt(),
                    extend.lyrics(),
                    seeds,
                    extend.batchSize(),
                    extend.sampling(),
                    extend.source(),
                    extend.left(),
                    extend.right(),
                    extend.variance(),
                    derived(extend.retakeSeeds(), attempt));
        }
        if (request instanceof EditRequest edit) {
            return new EditRequest(
                    edit.prompt(),
                    edit.lyrics(),
                    seeds,
                    edit.batchSize(),
                    edit.sampling(),
                    edit.source(),
                    edit.targetPrompt(),
                    edit.targetLyrics(),
                    edit.nMin(),
                    edit.nMax(),
                    edit.nAvg());
        }
        if (request instanceof LoopRequest loop) {
            return new LoopRequest(
                    loop.prompt(),
                    loop.lyrics(),
                    seeds,
                    loop.batchSize(),
                    loop.sampling(),
                    loop.bpm(),
                    loop.beatsPerBar(),
                    loop.bars(),
                    loop.seam(),
                    loop.seamSeconds(),
                    derived(loop.retakeSeeds(), attempt));
        }
        AudioToAudioRequest audio = (AudioToAudioRequest) request;
        return new AudioToAudioRequest(
                audio.prompt(),
                audio.lyrics(),
                seeds,
                audio.batchSize(),
                audio.sampling(),
                audio.reference(),
                audio.strength());
    }

    private static List<Long> derived(List<Long> seeds, int attempt) {
        return seeds.stream()
                .map(seed -> MusicRequest.mixed(seed + attempt * STEP))
                .toList();
    }
}
