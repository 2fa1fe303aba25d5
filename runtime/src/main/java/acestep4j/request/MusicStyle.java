package acestep4j.request;

/**
 * A style of music as a game names it, and the tags that stand for it in the prompt: the genre first and then what plays,
 * as in the presets of the official interface ({@code acestep/ui/components.py} at d612523), which give the tempo, the
 * moods and the voices separately.
 */
public enum MusicStyle {
    ROCK("rock, electric guitar, drums, bass"),
    POP("pop, synth, drums, guitar"),
    ELECTRONIC("electronic, edm, synth, bass, kick drum"),
    JAZZ("jazz, saxophone, piano, double bass"),
    CLASSICAL("classical, orchestral, strings, piano"),
    CINEMATIC("cinematic, orchestral, film score, strings, brass, timpani"),
    METAL("metal, electric guitar, double kick drum, bass"),
    AMBIENT("ambient, soundscape, synth pads, drone"),
    FOLK("folk, acoustic guitar, fiddle, flute"),
    HIP_HOP("hip hop, 808 bass, hi-hats, synth"),
    CHIPTUNE("chiptune, 8-bit, video game music, square wave, arpeggio"),
    LO_FI("lo-fi, chillhop, electric piano, vinyl crackle, soft drums"),
    SYNTHWAVE("synthwave, retro, analog synth, drum machine, bass"),
    TECHNO("techno, four on the floor, kick drum, synth, acid bass"),
    DRUM_AND_BASS("drum and bass, breakbeat, sub bass, synth"),
    FUNK("funk, slap bass, electric guitar, horns, drums"),
    BLUES("blues, electric guitar, harmonica, bass, drums"),
    COUNTRY("country, acoustic guitar, steel guitar, fiddle"),
    REGGAE("reggae, guitar, bass, drums"),
    RNB("r&b, synth, bass, drums"),
    LATIN("latin, salsa, congas, trumpet, piano"),
    CELTIC("celtic, tin whistle, bodhran, harp, fiddle"),
    MEDIEVAL("medieval, lute, hurdy-gurdy, recorder, frame drum");

    private final String tags;

    MusicStyle(String tags) {
        this.tags = tags;
    }

    /** The tags, with a comma and a space between them. */
    public String tags() {
        return tags;
    }
}
