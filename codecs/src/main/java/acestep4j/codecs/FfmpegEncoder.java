package acestep4j.codecs;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import acestep4j.audio.AudioBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** Encodes one file of any format but WAV. Not thread-safe; used once. */
final class FfmpegEncoder implements AutoCloseable {
    private static final int BLOCK_FRAMES = 4096;
    private static final int SKIP_SAMPLES_BYTES = 10;

    /** How FFmpeg calls a format's parts. */
    private record Codec(String muxer, String encoder, int sampleFormat, int bits, long bitRate) {}

    private final AudioBuffer audio;
    private final Codec kind;
    private final NativeIo io;
    private AVFormatContext format;
    private AVCodecContext codec;
    private AVStream stream;
    private AVPacket packet;
    private AVFrame frame;
    private long packets;

    private FfmpegEncoder(SeekableByteChannel channel, AudioBuffer audio, AudioFormat format) {
        this.audio = audio;
        this.kind = codecOf(format);
        this.io = NativeIo.writing(channel);
    }

    private static Codec codecOf(AudioFormat format) {
        if (format instanceof AudioFormat.Flac flac) {
            return new Codec("flac", "flac", flac.bits() == 16 ? AV_SAMPLE_FMT_S16 : AV_SAMPLE_FMT_S32, flac.bits(), 0);
        }
        if (format instanceof AudioFormat.Ogg ogg) {
            return new Codec("ogg", "libopus", AV_SAMPLE_FMT_FLT, 0, 1000L * ogg.kilobits());
        }
        if (format instanceof AudioFormat.Mp3 mp3) {
            return new Codec("mp3", "libmp3lame", AV_SAMPLE_FMT_FLTP, 0, 1000L * mp3.kilobits());
        }
        throw new IllegalArgumentException(format + ": WavWriter writes it");
    }

    /**
     * @param audio of a rate and channels that the format has
     * @param tags by FFmpeg's name, or one that it doesn't know
     */
    static void encode(SeekableByteChannel channel, AudioBuffer audio, AudioFormat format, Map<String, String> tags)
            throws IOException {
        Ffmpeg.load();
        try (FfmpegEncoder encoder = new FfmpegEncoder(channel, audio, format)) {
            encoder.open(tags);
            encoder.encode();
        }
    }

    private void open(Map<String, String> tags) throws IOException {
        AVOutputFormat muxer = av_guess_format(kind.muxer(), null, null);
        AVCodec encoder = avcodec_find_encoder_by_name(kind.encoder());
        if (muxer == null || encoder == null) {
            throw new IOException("this build of FFmpeg has no " + kind.encoder());
        }
        format = avformat_alloc_context();
        require(format);
        format.oformat(muxer);
        format.pb(io.context());
        // Without the flag Ogg files get random serial numbers.
        format.flags(format.flags() | AVFormatContext.AVFMT_FLAG_BITEXACT);
        stream = avformat_new_stream(format, null);
        require(stream);
        openCodec(encoder);
        check(avcodec_parameters_from_context(stream.codecpar(), codec));
        stream.time_base(codec.time_base());
        AVDictionary metadata = new AVDictionary(null);
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            try (BytePointer key = new BytePointer(tag.getKey());
                    BytePointer value = new BytePointer(tag.getValue(), "UTF-8")) {
                check(av_dict_set(metadata, key, value, 0));
            }
        }
        format.metadata(metadata);
        check(avformat_write_header(format, (AVDictionary) null));
    }

    private void openCodec(AVCodec encoder) throws IOException {
        codec = avcodec_alloc_context3(encoder);
        require(codec);
        codec.sample_fmt(kind.sampleFormat());
        codec.sample_rate(audio.sampleRate());
        codec.bit_rate(kind.bitRate());
        codec.bits_per_raw_sample(kind.bits());
        codec.flags(codec.flags() | AV_CODEC_FLAG_BITEXACT | globalHeader());
        codec.thread_count(1);
        av_channel_layout_default(codec.ch_layout(), audio.channels());
        codec.time_base().num(1).den(audio.sampleRate());
        check(avcodec_open2(codec, encoder, (AVDictionary) null));
        packet = av_packet_alloc();
        require(packet);
        frame = av_frame_alloc();
        require(frame);
    }

    private int globalHeader() {
        return (format.oformat().flags() & AVFMT_GLOBALHEADER) != 0 ? AV_CODEC_FLAG_GLOBAL_HEADER : 0;
    }

    private void encode() throws IOException {
        int block = codec.frame_size() > 0 ? codec.frame_size() : BLOCK_FRAMES;
        for (int start = 0; start < audio.length(); start += block) {
            int count = Math.min(block, audio.length() - start);
            frame.format(kind.sampleFormat());
            frame.sample_rate(audio.sampleRate());
            frame.nb_samples(count);
            check(av_channel_layout_copy(frame.ch_layout(), codec.ch_layout()));
            check(av_frame_get_buffer(frame, 0));
            fill(start, count);
            frame.pts(start);
            try {
                check(avcodec_send_frame(codec, frame));
            } finally {
                av_frame_unref(frame);
            }
            drain();
        }
        check(avcodec_send_frame(codec, null));
        drain();
        check(av_write_trailer(format));
    }

    private void drain() throws IOException {
        while (true) {
            int status = avcodec_receive_packet(codec, packet);
            if (status == AVERROR_EAGAIN() || status == AVERROR_EOF) {
                return;
            }
            check(status);
            packet.stream_index(stream.index());
            if (kind.encoder().equals("libmp3lame")) {
                markPadding();
            }
            av_packet_rescale_ts(packet, codec.time_base(), stream.time_base());
            check(av_interleaved_write_frame(format, packet));
        }
    }

    /**
     * libmp3lame's wrapper in FFmpeg marks what is behind the sound in the last packet only, though it may begin in the one
     * before.
     */
    private void markPadding() {
        packets++;
        long padding = packets * codec.frame_size() - codec.initial_padding() - audio.length();
        if (padding <= 0) {
            return;
        }
        BytePointer skip = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, (SizeTPointer) null);
        if (skip == null || skip.isNull()) {
            skip = av_packet_new_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, SKIP_SAMPLES_BYTES);
            require(skip);
            Pointer.memset(skip, 0, SKIP_SAMPLES_BYTES);
        }
        skip.putInt(4, (int) padding);
    }

    private void fill(int start, int count) {
        int channels = audio.channels();
        boolean planar = kind.sampleFormat() == AV_SAMPLE_FMT_FLTP;
        int sampleBytes = kind.sampleFormat() == AV_SAMPLE_FMT_S16 ? 2 : 4;
        for (int c = 0; c < channels; c++) {
            BytePointer plane = frame.extended_data(planar ? c : 0);
            ByteBuffer out = plane.capacity((long) count * sampleBytes * (planar ? 1 : channels))
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder());
            int step = planar ? sampleBytes : sampleBytes * channels;
            int at = planar ? 0 : c * sampleBytes;
            for (int i = start; i < start + count; i++, at += step) {
                put(out, at, audio.samples()[c][i]);
            }
        }
    }

    private void put(ByteBuffer out, int at, float sample) {
        if (kind.bits() == 0) {
            out.putFloat(at, Float.isNaN(sample) ? 0 : Math.max(-1, Math.min(1, sample)));
            return;
        }
        // As WavWriter: rounded to 32 bits, the lower ones cut off; the cast clips.
        int full = (int) Math.rint(sample * 0x1p31);
        if (kind.bits() == 16) {
            out.putShort(at, (short) (full >> 16));
        } else {
            out.putInt(at, full & ~0xff);
        }
    }

    /** @throws IOException if the status says that FFmpeg, or the channel below it, failed */
    private void check(int status) throws IOException {
        io.rethrowFailure();
        if (status < 0) {
            throw new IOException("FFmpeg says: " + Ffmpeg.error(status));
        }
    }

    private static void require(Pointer allocated) {
        if (allocated == null || allocated.isNull()) {
            throw new OutOfMemoryError("no native memory for FFmpeg");
        }
    }

    @Override
    public void close() {
        if (frame != null) {
            av_frame_free(frame);
        }
        if (packet != null) {
            av_packet_free(packet);
        }
        if (codec != null) {
            avcodec_free_context(codec);
        }
        if (format != null) {
            avformat_free_context(format);
        }
        io.close();
    }
}
