package acestep4j.pipeline;

import acestep4j.diffusion.FlowEditSettings;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.SchedulerType;
import acestep4j.request.EditRequest;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The task "edit" of {@code acestep/pipeline_ace_step.py} at d612523: from one prompt and its lyrics to others. */
record Edit(EditRequest request) implements Task {
    @Override
    public INDArray sample(Song song) {
        FlowEditSettings settings = new FlowEditSettings(
                song.sampling().guidanceScale(),
                request.nMin(),
                request.nMax(),
                request.nAvg(),
                song.sampling().scheduler() == SchedulerType.PINGPONG);
        Words source = song.read(request.prompt(), request.lyrics());
        Words target = song.readTarget(request.targetPrompt(), request.targetLyrics());
        try (INDArray encoded = song.encode(request.source());
                INDArray latents = song.zeros((int) encoded.size(3))) {
            Latents.copyFrames(encoded, 0, (int) encoded.size(3), latents, 0);
            return song.edit(source, target, settings, latents);
        }
    }
}
