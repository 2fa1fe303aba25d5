package acestep4j.library;

import acestep4j.GenerationResult;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.InterleavedPcm;
import acestep4j.audio.WavWriter.SampleFormat;
import acestep4j.quality.QualityFinding;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An entry with what it is kept as: samples, or latents [channels, height, frames] in C order. What is in its file is called
 * the payload.
 */
record EntrySound(LibraryEntry entry, Optional<AudioBuffer> audio, Optional<FloatBuffer> latents) {

    static EntrySound of(
            GenerationResult result,
            int item,
            EntryLabels labels,
            Instant created,
            StorageForm form,
            List<QualityFinding> findings) {
        AudioBuffer audio = result.audio().get(item);
        boolean isSamples = form.samples().isPresent();
        List<Integer> shape =
                result.latentsShape().subList(1, result.latentsShape().size());
        LibraryEntry entry = new LibraryEntry(
                Recipe.of(result.receipt(), item),
                labels,
                created,
                form,
                audio.sampleRate(),
                audio.length(),
                audio.channels(),
                isSamples ? List.of() : shape,
                audio.sha256(),
                result.receipt().toJson(item),
                findings,
                0);
        if (isSamples) {
            return new EntrySound(entry, Optional.of(audio), Optional.empty());
        }
        int values = shape.stream().reduce(1, Math::multiplyExact);
        return new EntrySound(
                entry, Optional.empty(), Optional.of(result.latents().slice(item * values, values)));
    }

    /**
     * The bytes of an entry's payload.
     *
     * @throws DamagedEntryException when the entry is of a size that none can have
     */
    static long payloadBytes(LibraryEntry entry) throws DamagedEntryException {
        List<Integer> shape = entry.latentsShape();
        boolean isSamples = entry.form().samples().isPresent();
        boolean isPossible = entry.sampleRate() > 0
                && entry.channels() > 0
                && entry.length() >= 0
                && shape.size() == (isSamples ? 0 : 3)
                && shape.stream().allMatch(size -> size > 0);
        if (!isPossible) {
            throw new DamagedEntryException("expected a rate, channels and a shape of a sound, found "
                    + entry.sampleRate() + " Hz, " + entry.channels() + " channels, " + shape);
        }
        if (isSamples) {
            SampleFormat format = entry.form().samples().get();
            return (long) entry.length() * entry.channels() * format.bytes();
        }
        try {
            int rows = Math.multiplyExact(shape.get(0), shape.get(1));
            Math.multiplyExact(rows, Math.multiplyExact(shape.get(2), Float.BYTES));
            return entry.form() == StorageForm.LATENTS
                    ? (long) rows * shape.get(2) * Float.BYTES
                    : CompactLatents.size(rows, shape.get(2));
        } catch (ArithmeticException e) {
            throw new DamagedEntryException("expected latents that fit into memory, found " + shape);
        }
    }

    /** Writes the payload. */
    void write(OutputStream out) throws IOException {
        if (audio.isPresent()) {
            InterleavedPcm.write(out, audio.get(), entry.form().samples().orElseThrow());
        } else if (entry.form() == StorageForm.COMPACT_LATENTS) {
            out.write(CompactLatents.encode(latents.orElseThrow(), rows(entry), frames(entry)));
        } else {
            FloatBuffer values = latents.orElseThrow().duplicate();
            ByteBuffer bytes = littleEndian(new byte[values.remaining() * Float.BYTES]);
            bytes.asFloatBuffer().put(values);
            out.write(bytes.array());
        }
    }

    /** Reads the payload of an entry, of the size that goes with it. */
    static EntrySound read(LibraryEntry entry, InputStream payload) throws IOException {
        if (entry.form().samples().isPresent()) {
            SampleFormat format = entry.form().samples().get();
            AudioBuffer audio =
                    InterleavedPcm.read(payload, entry.channels(), entry.length(), entry.sampleRate(), format);
            return new EntrySound(entry, Optional.of(audio), Optional.empty());
        }
        byte[] bytes = payload.readAllBytes();
        FloatBuffer latents = entry.form() == StorageForm.COMPACT_LATENTS
                ? FloatBuffer.wrap(CompactLatents.decode(bytes, rows(entry), frames(entry)))
                : littleEndian(bytes).asFloatBuffer();
        return new EntrySound(entry, Optional.empty(), Optional.of(latents));
    }

    private static int rows(LibraryEntry entry) {
        return entry.latentsShape().get(0) * entry.latentsShape().get(1);
    }

    private static int frames(LibraryEntry entry) {
        return entry.latentsShape().get(2);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
