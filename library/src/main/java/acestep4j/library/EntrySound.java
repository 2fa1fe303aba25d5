package acestep4j.library;

import acestep4j.GenerationResult;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.InterleavedPcm;
import acestep4j.audio.WavWriter.SampleFormat;
import acestep4j.io.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * A piece's music in its form, ready to be written.
 *
 * @param latentsShape channels, height and frames; empty for samples
 */
record EntrySound(List<Integer> latentsShape, long bytes, AtomicFile.Content content) {

    static EntrySound of(GenerationResult result, int item, StorageForm form) {
        AudioBuffer audio = result.audio().get(item);
        if (form.samples().isPresent()) {
            SampleFormat format = form.samples().get();
            long bytes = (long) audio.length() * audio.channels() * format.bytes();
            return new EntrySound(List.of(), bytes, out -> InterleavedPcm.write(out, audio, format));
        }
        List<Integer> shape = result.latentsShape().subList(1, 4);
        int rows = shape.get(0) * shape.get(1);
        int values = rows * shape.get(2);
        FloatBuffer latents = result.latents().slice(item * values, values);
        byte[] payload = form == StorageForm.COMPACT_LATENTS
                ? CompactLatents.encode(latents, rows, shape.get(2))
                : plain(latents);
        return new EntrySound(shape, payload.length, out -> out.write(payload));
    }

    private static byte[] plain(FloatBuffer latents) {
        ByteBuffer bytes =
                ByteBuffer.allocate(latents.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(latents);
        return bytes.array();
    }

    /**
     * What an entry's payload holds.
     *
     * @param samples what to make of samples
     * @param latents what to make of latents [channels, height, frames]
     */
    static <T> T read(
            LibraryEntry entry, InputStream payload, Function<AudioBuffer, T> samples, Function<FloatBuffer, T> latents)
            throws IOException {
        if (entry.form().samples().isPresent()) {
            return samples.apply(InterleavedPcm.read(
                    payload,
                    entry.channels(),
                    entry.length(),
                    entry.sampleRate(),
                    entry.form().samples().get()));
        }
        int rows = entry.latentsShape().get(0) * entry.latentsShape().get(1);
        int frames = entry.latentsShape().get(2);
        byte[] bytes = payload.readAllBytes();
        if (entry.form() == StorageForm.COMPACT_LATENTS) {
            return latents.apply(FloatBuffer.wrap(CompactLatents.decode(bytes, rows, frames)));
        }
        if (bytes.length != rows * frames * Float.BYTES) {
            throw new DamagedEntryException(
                    "expected latents of " + entry.latentsShape() + ", found " + bytes.length + " bytes");
        }
        return latents.apply(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
    }
}
