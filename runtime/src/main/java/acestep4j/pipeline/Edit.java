package acestep4j.pipeline;

import acestep4j.diffusion.FlowEditSettings;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.SchedulerType;
import acestep4j.request.EditRequest;
import acestep4j.request.Sampling;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The task "edit" of {@code acestep/pipeline_ace_step.py} at d612523: from one prompt and its lyrics to others. */
record Edit(EditRequest request) implements Task {
    @Override
    public int outline(Outline outline) {
        Tokens source = outline.read(request.prompt(), "lyrics", request.lyrics());
        Tokens target = outline.read(request.targetPrompt(), "targetLyrics", request.targetLyrics());
        int frames = outline.encode(request.source());
        outline.edit(source, target, frames, flow(outline.sampling()));
        return frames;
    }

    private FlowEditSettings flow(Sampling sampling) {
        return new FlowEditSettings(
                sampling.guidanceScale(),
                request.nMin(),
                request.nMax(),
                request.nAvg(),
                sampling.scheduler() == SchedulerType.PINGPONG);
    }

    @Override
    public INDArray sample(Song song) {
        Words source = song.read();
        Words target = song.readTarget();
        try (INDArray encoded = song.encode(request.source());
                INDArray latents = song.zeros((int) encoded.size(3))) {
            Latents.copyFrames(encoded, 0, (int) encoded.size(3), latents, 0);
            return song.edit(source, target, flow(song.sampling()), latents);
        }
    }
}
