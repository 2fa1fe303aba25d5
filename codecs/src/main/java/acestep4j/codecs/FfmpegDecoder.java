package acestep4j.codecs;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import acestep4j.audio.AudioBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** Decodes one file of any format but WAV. Not thread-safe; used once. */
final class FfmpegDecoder implements AutoCloseable {
    private static final int LARGEST_VORBIS_BLOCK = 8192;
    private static final String UNREADABLE_HEADER =
            "is truncated or damaged: its header can't be read; get the whole file";
    private static final String FORMATS = "flac,mp3,ogg,mov,mp4,m4a,3gp,3g2,mj2,aac";
    private static final String DECODERS = "flac,mp3float,mp3,vorbis,opus,aac,alac";
    private static final Map<Integer, String> CODECS = Map.of(
            AV_CODEC_ID_FLAC, "FLAC",
            AV_CODEC_ID_MP3, "MP3",
            AV_CODEC_ID_VORBIS, "Vorbis",
            AV_CODEC_ID_OPUS, "Opus",
            AV_CODEC_ID_AAC, "AAC",
            AV_CODEC_ID_ALAC, "ALAC");

    private final ByteSource source;
    private final String name;
    private final Duration longest;
    private final byte[] head;
    private final NativeIo io;
    private AVFormatContext format;
    private AVCodecContext codec;
    private AVPacket packet;
    private AVFrame frame;

    private AVStream stream;
    private SampleCollector collector;
    private long lastDuration;
    private double lastSamples;
    private float[][] samples = new float[0][];

    private FfmpegDecoder(ByteSource source, String name, Duration longest) throws IOException {
        this.source = source;
        this.name = name;
        this.longest = longest;
        this.head = source.head();
        source.keep(XingHeader.firstFrame(head), XingHeader.SEARCHED_BYTES);
        this.io = NativeIo.reading(source);
    }

    /** @param source at its start */
    static AudioBuffer decode(ByteSource source, String name, Duration longest) throws IOException {
        Ffmpeg.load();
        try (FfmpegDecoder decoder = new FfmpegDecoder(source, name, longest)) {
            decoder.openFormat();
            decoder.openCodec();
            decoder.decode();
            return decoder.collector.audio();
        }
    }

    /** @param source at its start */
    static Optional<String> comment(ByteSource source, String name) throws IOException {
        Ffmpeg.load();
        try (FfmpegDecoder decoder = new FfmpegDecoder(source, name, Duration.ZERO);
                BytePointer key = new BytePointer("comment")) {
            decoder.openFormat();
            Optional<String> found = entry(decoder.format.metadata(), key);
            for (int i = 0; found.isEmpty() && i < decoder.format.nb_streams(); i++) {
                found = entry(decoder.format.streams(i).metadata(), key);
            }
            return found;
        }
    }

    private static Optional<String> entry(AVDictionary metadata, BytePointer key) {
        AVDictionaryEntry entry = av_dict_get(metadata, key, null, 0);
        return entry == null || entry.isNull()
                ? Optional.empty()
                : Optional.of(new String(entry.value().getStringBytes(), StandardCharsets.UTF_8));
    }

    private void openFormat() throws IOException {
        format = avformat_alloc_context();
        require(format);
        format.pb(io.context());
        AVDictionary options = new AVDictionary(null);
        av_dict_set(options, "format_whitelist", FORMATS, 0);
        av_dict_set(options, "codec_whitelist", DECODERS, 0);
        av_dict_set(options, "protocol_whitelist", "none", 0);
        int status = avformat_open_input(format, "", null, options);
        av_dict_free(options);
        io.rethrowFailure();
        if (status < 0) {
            format = null;
            throw new AudioFileException(name, whatItIsInstead());
        }
        status = avformat_find_stream_info(format, (AVDictionary) null);
        io.rethrowFailure();
        if (status < 0) {
            throw damaged("FFmpeg says: " + Ffmpeg.error(status));
        }
    }

    private String whatItIsInstead() {
        String formats = "expected a WAV, FLAC, MP3, OGG, M4A or AAC file, found ";
        boolean mpegAudio = head.length >= 2 && head[0] == -1 && (head[1] & 0xe0) == 0xe0;
        if (OggEnd.isOgg(head) || startsWith("fLaC") || startsWith("ID3") || isMp4() || mpegAudio) {
            return UNREADABLE_HEADER;
        }
        for (byte b : head) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
                return formats + "something else; convert it";
            }
        }
        return formats + "text; give an audio file";
    }

    private boolean startsWith(String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (i >= head.length || head[i] != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean isMp4() {
        return head.length >= 8 && head[4] == 'f' && head[5] == 't' && head[6] == 'y' && head[7] == 'p';
    }

    private void openCodec() {
        int index = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0);
        if (index < 0) {
            throw new AudioFileException(name, whyThereIsNoSound());
        }
        for (int i = 0; i < format.nb_streams(); i++) {
            if (i != index) {
                format.streams(i).discard(AVDISCARD_ALL);
            }
        }
        stream = format.streams(index);
        int id = stream.codecpar().codec_id();
        AVCodec decoder = CODECS.containsKey(id) ? avcodec_find_decoder(id) : null;
        if (decoder == null || decoder.isNull()) {
            throw new AudioFileException(
                    name,
                    "expected sound in FLAC, MP3, Vorbis, Opus, AAC or ALAC, found "
                            + avcodec_get_name(id).getString() + "; convert it");
        }
        codec = avcodec_alloc_context3(decoder);
        require(codec);
        avcodec_parameters_to_context(codec, stream.codecpar());
        codec.pkt_timebase(stream.time_base());
        codec.thread_count(1);
        if (id == AV_CODEC_ID_FLAC) {
            codec.err_recognition(AV_EF_CRCCHECK | AV_EF_EXPLODE);
        }
        int status = avcodec_open2(codec, decoder, (AVDictionary) null);
        if (status < 0) {
            throw damaged("FFmpeg says: " + Ffmpeg.error(status));
        }
        packet = av_packet_alloc();
        require(packet);
        frame = av_frame_alloc();
        require(frame);
    }

    private String whyThereIsNoSound() {
        for (int i = 0; i < format.nb_streams(); i++) {
            int type = format.streams(i).codecpar().codec_type();
            if (type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_SUBTITLE) {
                return "expected an audio stream, found none beside "
                        + (type == AVMEDIA_TYPE_VIDEO ? "video" : "subtitles") + "; give a file with sound";
            }
        }
        return UNREADABLE_HEADER;
    }

    private void decode() throws IOException {
        int rate = stream.codecpar().sample_rate();
        double declared = declaredSeconds();
        if (declared > 0 && rate > 0) {
            long slack = isExact() ? 0 : rate / 5;
            long frames = Math.round(declared * rate) - slack;
            int channels = stream.codecpar().ch_layout().nb_channels();
            if (channels > 0) {
                new SampleCollector(name, channels, rate, longest).expect(frames);
            }
        }
        long packets = 0;
        while (true) {
            int status = av_read_frame(format, packet);
            io.rethrowFailure();
            if (status == AVERROR_EOF) {
                break;
            }
            if (status < 0) {
                throw damaged("FFmpeg says: " + Ffmpeg.error(status));
            }
            try {
                if (packet.stream_index() == stream.index()) {
                    packets++;
                    if ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
                        throw incomplete();
                    }
                    if (stream.codecpar().codec_id() == AV_CODEC_ID_VORBIS) {
                        keepEnd(packet);
                    }
                    lastDuration = packet.duration();
                    lastSamples = -seconds();
                    send(packet);
                    lastSamples += seconds();
                }
            } finally {
                av_packet_unref(packet);
            }
        }
        send(null);
        finish(declared, packets);
    }

    /** Seconds that the file's header says, -1 where it says nothing or FFmpeg only guesses. */
    private double declaredSeconds() {
        boolean guessed = format.duration_estimation_method() == AVFMT_DURATION_FROM_BITRATE;
        if (guessed || stream.duration() == AV_NOPTS_VALUE) {
            return -1;
        }
        return stream.duration() * av_q2d(stream.time_base());
    }

    private boolean isExact() {
        return stream.codecpar().codec_id() == AV_CODEC_ID_FLAC;
    }

    /**
     * FFmpeg cuts short files of Vorbis, whose sound is in one page, too early by a block: here the end is left to
     * {@link #finishOgg}.
     */
    private static void keepEnd(AVPacket packet) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            BytePointer skip = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, size);
            if (skip != null && !skip.isNull() && size.get() >= 8) {
                skip.putInt(4, 0);
            }
        }
    }

    /** Refuses what is too short, cuts what an encoder put behind the sound and FFmpeg left there. */
    private void finish(double declared, long packets) throws IOException {
        if (collector == null) {
            throw declared > 0
                    ? shorter(String.format(Locale.ROOT, "header says %.3f s", declared))
                    : new AudioFileException(name, "has no samples; give a file with sound");
        }
        int rate = collector.sampleRate();
        if (OggEnd.isOgg(head)) {
            finishOgg();
        } else if (isMp4()) {
            int expected = avformat_index_get_entries_count(stream);
            if (packets < expected) {
                throw shorter("index says " + expected + " packets, found " + packets);
            }
            double excess = lastSamples - lastDuration * av_q2d(stream.time_base());
            if (excess > 0 && excess < lastSamples) {
                collector.cutTo(collector.frames() - Math.round(excess * rate));
            }
        } else if (stream.codecpar().codec_id() == AV_CODEC_ID_MP3) {
            XingHeader header = XingHeader.find(source.kept()).orElse(null);
            if (header != null) {
                finishMp3(header);
            }
        } else if (declared > 0 && collector.frames() < Math.round(declared * rate)) {
            throw shorter(String.format(
                    Locale.ROOT, "header says %d samples, found %d", Math.round(declared * rate), collector.frames()));
        }
    }

    private void finishOgg() throws IOException {
        OptionalLong end = OggEnd.position(source.tail());
        if (end.isEmpty()) {
            throw shorter("Ogg stream has no end mark");
        }
        long excess = collector.frames() - end.getAsLong();
        if (stream.codecpar().codec_id() == AV_CODEC_ID_VORBIS && excess > 0 && excess < LARGEST_VORBIS_BLOCK) {
            collector.cutTo(end.getAsLong());
        }
    }

    private void finishMp3(XingHeader header) {
        long excess = collector.frames() - header.samples();
        if (excess < -header.slack()) {
            throw shorter(String.format(
                    Locale.ROOT, "header says %d samples, found %d", header.samples(), collector.frames()));
        }
        if (excess > 0 && excess <= header.padding()) {
            collector.cutTo(header.samples());
        }
    }

    private AudioFileException shorter(String how) {
        return new AudioFileException(
                name,
                String.format(Locale.ROOT, "is truncated after %.3f s: its %s; get the whole file", seconds(), how));
    }

    private double seconds() {
        return collector == null ? 0 : collector.seconds();
    }

    /** @param next null at the end */
    private void send(AVPacket next) {
        int status = avcodec_send_packet(codec, next);
        if (status < 0) {
            throw undecodable(status);
        }
        while (true) {
            status = avcodec_receive_frame(codec, frame);
            if (status == AVERROR_EAGAIN() || status == AVERROR_EOF) {
                return;
            }
            if (status < 0) {
                throw undecodable(status);
            }
            try {
                collect();
            } finally {
                av_frame_unref(frame);
            }
        }
    }

    private void collect() {
        int channels = frame.ch_layout().nb_channels();
        int rate = frame.sample_rate();
        if (collector == null) {
            collector = new SampleCollector(name, channels, rate, longest);
        }
        if (channels != collector.channels() || rate != collector.sampleRate()) {
            throw new AudioFileException(
                    name,
                    String.format(
                            Locale.ROOT,
                            "changes at %.3f s from %d channels at %d Hz to %d channels at %d Hz; cut it there",
                            collector.seconds(),
                            collector.channels(),
                            collector.sampleRate(),
                            channels,
                            rate));
        }
        if ((frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags() != 0) {
            throw damaged("its decoder found errors");
        }
        int count = frame.nb_samples();
        if (samples.length != channels || samples[0].length < count) {
            samples = new float[channels][count];
        }
        int sampleFormat = frame.format();
        int sampleBytes = av_get_bytes_per_sample(sampleFormat);
        boolean planar = av_sample_fmt_is_planar(sampleFormat) != 0;
        int packed = av_get_packed_sample_fmt(sampleFormat);
        for (int c = 0; c < channels; c++) {
            BytePointer plane = frame.extended_data(planar ? c : 0);
            long bytes = (long) count * sampleBytes * (planar ? 1 : channels);
            ByteBuffer in = plane.capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
            int step = planar ? sampleBytes : sampleBytes * channels;
            convert(in, planar ? 0 : c * sampleBytes, step, packed, samples[c], count);
        }
        collector.add(samples, count);
    }

    private void convert(ByteBuffer in, int first, int step, int sampleFormat, float[] target, int count) {
        for (int i = 0, at = first; i < count; i++, at += step) {
            target[i] = switch (sampleFormat) {
                case AV_SAMPLE_FMT_U8 -> ((in.get(at) & 0xff) - 128) * 0x1p-7f;
                case AV_SAMPLE_FMT_S16 -> in.getShort(at) * 0x1p-15f;
                case AV_SAMPLE_FMT_S32 -> in.getInt(at) * 0x1p-31f;
                case AV_SAMPLE_FMT_FLT -> in.getFloat(at);
                case AV_SAMPLE_FMT_DBL -> (float) in.getDouble(at);
                default ->
                    throw new AudioFileException(
                            name, "has samples of an unknown kind (" + sampleFormat + "); convert it");
            };
        }
    }

    private AudioFileException undecodable(int status) {
        return damaged("FFmpeg says: " + Ffmpeg.error(status));
    }

    private AudioFileException damaged(String why) {
        return new AudioFileException(
                name,
                String.format(Locale.ROOT, "is truncated or damaged after %.3f s (%s); get it again", seconds(), why));
    }

    private AudioFileException incomplete() {
        return new AudioFileException(
                name,
                String.format(
                        Locale.ROOT,
                        "is truncated: it ends within a block after %.3f s; get the whole file",
                        seconds()));
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
            avformat_close_input(format);
        }
        io.close();
    }
}
