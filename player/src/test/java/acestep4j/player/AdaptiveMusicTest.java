package acestep4j.player;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.Cancellation;
import acestep4j.ClosedException;
import acestep4j.GenerationException;
import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioStream;
import acestep4j.job.FakeJobs;
import acestep4j.job.FakeMusic;
import acestep4j.job.MusicJobs;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RepaintRequest;
import acestep4j.request.TextToMusicRequest;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What is heard when, to the frame, of tracks that are there and of music that fakes make. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AdaptiveMusicTest {
    private static final int BAR = Tracks.BAR;
    private static final int BEAT = BAR / Tracks.BEATS;

    /** What a listener heard, in its words. */
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private final AdaptiveMusicListener listener = new AdaptiveMusicListener() {
        @Override
        public void ready(String state) {
            told.add("ready " + state);
        }

        @Override
        public void heard(String state) {
            told.add("heard " + state);
        }

        @Override
        public void failed(String state, Throwable reason) {
            told.add("failed " + state + " " + reason.getClass().getSimpleName());
        }
    };

    private void awaitTold(String words) throws InterruptedException {
        String next = told.take();
        while (!next.equals(words)) {
            next = told.take();
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static TextToMusicRequest request(String prompt) {
        return TextToMusicRequest.builder()
                .prompt(prompt + ", 120 bpm")
                .duration(9)
                .seed(1)
                .build();
    }

    private static String prompt(GenerationRequest request) {
        return request.prompt().replace(", 120 bpm", "");
    }

    private static AdaptiveMusic.Builder leftThenRight() {
        return AdaptiveMusic.builder()
                .state("left", Tracks.constant(1, 0, 4).withPrompt("left"))
                .state("right", Tracks.constant(0, 1, 4).withPrompt("right"))
                .event("go", "left", "right");
    }

    @Test
    void anEventTakesEffectAtTheNextBarLineWithEqualPower() {
        try (AdaptiveMusic music = leftThenRight().crossfade(1).start()) {
            Tracks.read(music, BAR + 7);
            assertTrue(music.fire("go"));
            assertEquals("right", music.state());
            assertEquals(Optional.of("left"), music.heard());
            float[][] heard = Tracks.read(music, 2 * BAR);
            int line = BAR - 7;
            for (int i = 0; i < 2 * BAR; i++) {
                double angle = Math.PI / 2 * Math.max(0, Math.min(1, (i - line) / (double) BEAT));
                assertEquals(Math.cos(angle), heard[0][i], 1e-6, "left at " + i);
                assertEquals(Math.sin(angle), heard[1][i], 1e-6, "right at " + i);
            }
            assertEquals(Optional.of("right"), music.heard());
        }
    }

    @Test
    void anEventInACrossfadeOfABarTakesEffectAtItsEnd() {
        try (AdaptiveMusic music = leftThenRight()
                .event("back", "right", "left")
                .crossfade(Tracks.BEATS)
                .start()) {
            Tracks.read(music, BEAT);
            music.fire("go");
            Tracks.read(music, BEAT + 10);
            music.fire("back");
            float[][] heard = Tracks.read(music, 2 * BAR - 10);
            assertEquals(1, heard[1][BAR - 10], 1e-6);
            assertEquals(Math.sqrt(0.5), heard[0][BAR - 10 + BAR / 2], 1e-6);
        }
    }

    @Test
    void aCrossfadeOfNoBeatsIsACutThatDoesntClick() {
        try (AdaptiveMusic music = leftThenRight().crossfade("left", "right", 0).start()) {
            Tracks.read(music, BEAT);
            music.fire("go");
            float[] heard = Tracks.read(music, BAR)[1];
            assertEquals(0, heard[BEAT]);
            assertEquals(1, heard[BEAT + 480]);
            assertTrue(Tracks.largestStep(heard) < 0.01);
        }
    }

    @Test
    void anotherStateBeginsAtItsBeginningAndAnotherIntensityGoesOnAtItsBar() {
        Track calm = Tracks.counting(1, 4);
        Track tense = Tracks.counting(2, 4);
        Track other = Tracks.counting(3, 4);
        try (AdaptiveMusic music = AdaptiveMusic.builder()
                .state("fight", calm, tense)
                .state("rest", other)
                .event("won", "rest")
                .crossfade(1)
                .start()) {
            Tracks.read(music, 2 * BAR + 5);
            music.intensity(0.5);
            float[][] heard = Tracks.read(music, 3 * BAR - 5);
            assertEquals(1, heard[1][BAR - 6]);
            assertEquals(2, heard[1][BAR + BEAT]);
            assertEquals(3 * BAR + BEAT, heard[0][BAR - 5 + BEAT]);
            music.intensity(0.49);
            Tracks.read(music, BAR + 1);
            music.fire("won");
            heard = Tracks.read(music, 2 * BAR);
            assertEquals(3, heard[1][BAR + BEAT]);
            assertEquals(BEAT, heard[0][BAR - 1 + BEAT]);
        }
    }

    @Test
    void aStateThatIsHeardOnceGoesOnByItselfWhileItsOwnEndFadesOut() throws InterruptedException {
        AudioBuffer fanfare = Tracks.constantSound(0.5f, 0, 2 * BAR + BEAT);
        Track once = Track.of(fanfare, Tracks.BPM, Tracks.BEATS);
        try (AdaptiveMusic music = AdaptiveMusic.builder()
                .state("rest", Tracks.constant(0, 1, 4))
                .once("victory", once, "rest")
                .event("won", "rest", "victory")
                .crossfade(1)
                .listener(listener, Runnable::run)
                .start()) {
            Tracks.read(music, BEAT);
            music.fire("won");
            Tracks.read(music, BEAT);
            assertEquals("victory", music.state());
            float[][] heard = Tracks.read(music, 3 * BAR);
            assertEquals("rest", music.state());
            assertEquals(0.5f, heard[0][2 * BAR]);
            assertEquals(0, heard[1][2 * BAR]);
            assertEquals(0.5 * Math.sqrt(0.5), heard[0][2 * BAR + BEAT / 2], 1e-6);
            assertEquals(1, heard[1][2 * BAR + BEAT]);
            awaitTold("heard rest");
        }
    }

    @Test
    void aTrackOfTwoStatesIsHeardOn() {
        Track both = Tracks.counting(1, 4);
        try (AdaptiveMusic music = AdaptiveMusic.builder()
                .state("town", both)
                .state("inn", both)
                .event("enter", "town", "inn")
                .start()) {
            Tracks.read(music, BEAT);
            music.fire("enter");
            float[] heard = Tracks.read(music, 3 * BAR - BEAT)[0];
            assertEquals(3 * BAR - 1, heard[3 * BAR - BEAT - 1]);
            assertEquals(Optional.of("inn"), music.heard());
        }
    }

    @Test
    void whatIsHeardGoesOnUntilTheMusicThatIsAskedForIsReady() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        try (MusicJobs jobs = jobsBehind(gate);
                AdaptiveMusic music = AdaptiveMusic.builder()
                        .state("explore", Tracks.constant(1, 0, 4))
                        .state("combat", request("combat"))
                        .event("enemy", "explore", "combat")
                        .listener(listener, Runnable::run)
                        .start(jobs)) {
            music.fire("enemy");
            float[] heard = Tracks.read(music, 20 * BAR + 11)[0];
            for (int i = 480; i < heard.length; i++) {
                assertEquals(1, heard[i]);
            }
            assertEquals(Optional.of("explore"), music.heard());
            assertFalse(music.isReady("combat"));
            assertFalse(music.isPrepared());
            gate.countDown();
            awaitTold("ready combat");
            assertTrue(music.isReady("combat"));
            float[][] after = Tracks.read(music, 3 * BAR);
            assertEquals(1, after[0][BAR - 12]);
            assertEquals(1, after[1][3 * BAR - 1]);
        }
    }

    @Test
    void beforeTheVeryFirstMusicThereIsSilenceOrTheFallback() throws InterruptedException {
        for (boolean isFallback : new boolean[] {false, true}) {
            CountDownLatch gate = new CountDownLatch(1);
            AdaptiveMusic.Builder builder = AdaptiveMusic.builder().state("explore", request("explore"));
            if (isFallback) {
                builder.fallback(Tracks.constant(1, 0, 1));
            }
            try (MusicJobs jobs = jobsBehind(gate);
                    AdaptiveMusic music =
                            builder.listener(listener, Runnable::run).start(jobs)) {
                float[][] heard = Tracks.read(music, 3 * BAR + 5);
                assertEquals(isFallback ? 1 : 0, heard[0][3 * BAR]);
                assertEquals(Optional.empty(), music.heard());
                gate.countDown();
                awaitTold("ready explore");
                heard = Tracks.read(music, 3 * BAR);
                int first = 0;
                while (heard[1][first] == 0) {
                    first++;
                }
                assertEquals(isFallback ? BAR - 5 + 1 : 1, first);
                assertEquals(1, heard[1][3 * BAR - 1]);
                assertEquals(Optional.of("explore"), music.heard());
            }
        }
    }

    /** Jobs whose music is ready once the gate opens. */
    private static MusicJobs jobsBehind(CountDownLatch gate) {
        return FakeJobs.of((request, cancellation) -> {
            waitFor(gate, cancellation);
            return Tracks.constantSound(0, 1, 9 * BAR);
        });
    }

    private static void waitFor(CountDownLatch gate, Cancellation cancellation) {
        try {
            while (!gate.await(1, TimeUnit.MILLISECONDS)) {
                cancellation.check();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void musicThatCantBeMadeIsTriedOnceMoreWithOtherSeedsAndThenLeft() throws InterruptedException {
        List<Long> seeds = Collections.synchronizedList(new ArrayList<>());
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> {
                    seeds.add(request.seeds().get(0));
                    throw new GenerationException("no");
                });
                AdaptiveMusic music = AdaptiveMusic.builder()
                        .state("explore", Tracks.constant(1, 0, 4))
                        .state("combat", request("combat"))
                        .event("enemy", "explore", "combat")
                        .listener(listener, Runnable::run)
                        .start(jobs)) {
            awaitTold("failed combat GenerationException");
            awaitTold("failed combat GenerationException");
            await(music::isPrepared);
            assertEquals(2, seeds.size());
            assertFalse(seeds.get(0).equals(seeds.get(1)));
            music.fire("enemy");
            assertEquals(1, Tracks.read(music, 9 * BAR)[0][9 * BAR - 1]);
            assertEquals(2, seeds.size());
        }
    }

    @Test
    void aRequestAtFaultIsNotTriedAgainAndAStateHeardOnceIsPassedOver() throws InterruptedException {
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> {
                    throw new InvalidRequestException("end", "no");
                });
                AdaptiveMusic music = AdaptiveMusic.builder()
                        .state("explore", Tracks.constant(1, 0, 4))
                        .once("victory", request("victory"), "rest")
                        .state("rest", Tracks.constant(0, 1, 4))
                        .event("won", "explore", "victory")
                        .listener(listener, Runnable::run)
                        .start(jobs)) {
            awaitTold("failed victory InvalidRequestException");
            await(music::isPrepared);
            music.fire("won");
            assertEquals("rest", music.state());
            assertEquals(1, Tracks.read(music, 3 * BAR)[1][3 * BAR - 1]);
            assertFalse(told.contains("failed victory InvalidRequestException"));
        }
    }

    @Test
    void musicIsMadeInTheOrderInWhichItIsNeeded() {
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> {
                    made.add(request instanceof RepaintRequest ? "bridge to " + prompt(request) : prompt(request));
                    return Tracks.sine(100, 30 * BAR);
                });
                AdaptiveMusic music = AdaptiveMusic.builder()
                        .state("explore", request("explore 0"), request("explore 1"))
                        .state("far", request("far"))
                        .state("combat", request("combat 0"), request("combat 1"))
                        .state("unreachable", request("unreachable"))
                        .event("enemy", "explore", "combat")
                        .event("flight", "combat", "far")
                        .bridge("explore", "combat", 2)
                        .start(jobs)) {
            await(music::isPrepared);
            assertEquals(List.of("explore 0", "combat 0", "far", "explore 1", "combat 1", "bridge to combat 0"), made);
            music.intensity(1);
            await(music::isPrepared);
            assertEquals("bridge to combat 1", made.get(made.size() - 1));
        }
    }

    @Test
    void idleWorkGivesWayToWhatIsWaitedFor() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> {
                    if (prompt(request).equals("town") && begun.getCount() > 0) {
                        begun.countDown();
                        waitFor(never, cancellation);
                    }
                    made.add(prompt(request));
                    return Tracks.sine(100, 9 * BAR);
                });
                AdaptiveMusic music = AdaptiveMusic.builder()
                        .state("explore", Tracks.constant(1, 0, 4))
                        .state("town", request("town"))
                        .state("combat", request("combat"))
                        .event("a town", "explore", "town")
                        .event("b enemy", "explore", "combat")
                        .event("back", "explore")
                        .listener(listener, Runnable::run)
                        .start(jobs)) {
            begun.await();
            music.fire("b enemy");
            awaitTold("ready combat");
            music.fire("back");
            awaitTold("ready town");
            assertEquals(List.of("combat", "town"), made);
        }
    }

    @Test
    void aBridgeIsHeardBetweenAndJoinedOnBothSides() {
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> {
                    RepaintRequest repaint = (RepaintRequest) request;
                    return Tracks.constantSound(-0.5f, -0.5f, repaint.source().length());
                });
                AdaptiveMusic music = leftThenRight().bridge("left", "right", 2).start(jobs)) {
            await(music::isPrepared);
            Tracks.read(music, BAR / 2);
            music.fire("go");
            float[][] heard = Tracks.read(music, 4 * BAR);
            int line = BAR / 2;
            assertEquals(1, heard[0][line]);
            assertEquals((1 - 0.5) * Math.sqrt(0.5), heard[0][line + Mix.JOINT / 2], 1e-6);
            for (int i = line + Mix.JOINT; i <= line + 2 * BAR; i++) {
                assertEquals(-0.5f, heard[0][i]);
            }
            assertEquals(1, heard[1][line + 2 * BAR + Mix.JOINT]);
            assertTrue(Tracks.largestStep(heard[0]) < 0.005);
            assertTrue(Tracks.largestStep(heard[1]) < 0.005);
        }
    }

    @Test
    void aBridgeIsLeftAtABarLineForWhatIsAskedForMeanwhile() {
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> Tracks.constantSound(
                        -0.5f, -0.5f, ((RepaintRequest) request).source().length()));
                AdaptiveMusic music = leftThenRight()
                        .event("back", "left")
                        .bridge("left", "right", 3)
                        .crossfade(1)
                        .start(jobs)) {
            await(music::isPrepared);
            Tracks.read(music, BEAT);
            music.fire("go");
            Tracks.read(music, BAR);
            music.fire("back");
            float[] heard = Tracks.read(music, 2 * BAR)[0];
            assertEquals(-0.5f, heard[BAR / 2]);
            assertEquals(1, heard[BAR / 2 + BEAT]);
        }
    }

    @Test
    void aBridgeThatCantBeMadeIsACrossfade() throws InterruptedException {
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> {
                    throw new GenerationException("no");
                });
                AdaptiveMusic music = leftThenRight()
                        .bridge("left", "right", 2)
                        .crossfade(1)
                        .listener(listener, Runnable::run)
                        .start(jobs)) {
            awaitTold("failed right GenerationException");
            await(music::isPrepared);
            Tracks.read(music, BEAT);
            music.fire("go");
            assertEquals(1, Tracks.read(music, 2 * BAR)[1][BAR]);
        }
    }

    @Test
    void aBridgeIsMadeUnderThePromptOfTheMusicThatFollowsOrElseOfTheMusicThatIsLeft() {
        Track unnamed = Tracks.constant(1, 0, 4);
        Track folk = Track.of(FakeMusic.result(request("folk"), Tracks.sine(100, 9 * BAR)));
        Track metal = unnamed.withPrompt("metal");
        assertEquals("metal", promptOfBridge(folk, metal));
        assertEquals("folk, 120 bpm", promptOfBridge(metal, folk));
        assertEquals("folk, 120 bpm", promptOfBridge(unnamed, folk));
        assertEquals("folk, 120 bpm", promptOfBridge(folk, unnamed));
    }

    private static String promptOfBridge(Track from, Track to) {
        List<String> prompts = Collections.synchronizedList(new ArrayList<>());
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> {
                    prompts.add(request.prompt());
                    return ((RepaintRequest) request).source();
                });
                AdaptiveMusic music = AdaptiveMusic.builder()
                        .state("left", from)
                        .state("right", to)
                        .event("go", "left", "right")
                        .bridge("left", "right", 1)
                        .start(jobs)) {
            await(music::isPrepared);
            assertEquals(Set.of(), music.score().failedBridges());
        }
        assertEquals(1, prompts.size());
        return prompts.get(0);
    }

    @Test
    void aBridgeThatNoPromptIsKnownForIsRefusedByItsStates() {
        Track unnamed = Tracks.constant(1, 0, 4);
        AdaptiveMusic.Builder builder =
                leftThenRight().state("cave", unnamed).state("lake", unnamed).bridge("cave", "lake", 1);
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> ((RepaintRequest) request).source())) {
            InvalidRequestException refusal = assertThrows(InvalidRequestException.class, () -> builder.start(jobs));
            assertEquals("prompt", refusal.field());
            assertTrue(refusal.getMessage().contains("from cave to lake"), refusal.getMessage());
            try (AdaptiveMusic music =
                    leftThenRight().bridge("left", "right", 1).start(jobs)) {
                music.replace("left", unnamed);
                Score before = music.score();
                assertRefused("prompt", () -> music.replace("right", unnamed));
                assertEquals(before.scenes(), music.score().scenes());
            }
        }
    }

    @Test
    void replacedMusicIsHeardWhenItIsReady() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        try (MusicJobs jobs = jobsBehind(gate);
                AdaptiveMusic music = AdaptiveMusic.builder()
                        .state("explore", Tracks.constant(1, 0, 4))
                        .listener(listener, Runnable::run)
                        .start(jobs)) {
            music.replace("explore", request("by night"));
            assertEquals(1, Tracks.read(music, 5 * BAR)[0][5 * BAR - 1]);
            gate.countDown();
            awaitTold("ready explore");
            assertEquals(1, Tracks.read(music, 3 * BAR)[1][3 * BAR - 1]);
        }
    }

    @Test
    void closingCancelsWhatIsBeingMadeAndEndsTheSound() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> {
            begun.countDown();
            try {
                waitFor(new CountDownLatch(1), cancellation);
            } finally {
                cancelled.countDown();
            }
            return null;
        })) {
            AdaptiveMusic music =
                    AdaptiveMusic.builder().state("explore", request("explore")).start(jobs);
            begun.await();
            music.close();
            music.close();
            cancelled.await();
            assertEquals(AudioStream.END, music.read(new float[2][10]));
            assertEquals(AudioStream.END, music.poll(ShortBuffer.allocate(10)));
        }
    }

    @Test
    void jobsThatAreClosedAreToldOfAndWhatThereIsIsHeardOn() throws InterruptedException {
        MusicJobs jobs = FakeJobs.of((request, cancellation) -> null);
        jobs.close();
        try (AdaptiveMusic music = leftThenRight()
                .state("more", request("more"))
                .event("more", "more")
                .listener(listener, Runnable::run)
                .start(jobs)) {
            awaitTold("failed left " + ClosedException.class.getSimpleName());
            assertEquals(1, Tracks.read(music, 5 * BAR)[0][5 * BAR - 1]);
        }
    }

    @Test
    void shortsAreTheFloatsIn16Bits() {
        try (AdaptiveMusic floats = AdaptiveMusic.builder()
                        .state("a", Track.loop(Tracks.sine(100, BAR), 1, 2))
                        .start();
                AdaptiveMusic shorts = AdaptiveMusic.builder()
                        .state("a", Track.loop(Tracks.sine(100, BAR), 1, 2))
                        .start()) {
            ShortBuffer block = ShortBuffer.allocate(2 * 3_001);
            assertEquals(3_001, shorts.poll(block));
            assertFalse(block.hasRemaining());
            float[][] expected = Tracks.read(floats, 3_001);
            for (int i = 0; i < 3_001; i++) {
                assertEquals(expected[0][i], block.get(2 * i) / 32_768f, 1e-4);
                assertEquals(expected[1][i], block.get(2 * i + 1) / 32_768f, 1e-4);
            }
        }
    }

    @Test
    void readingNeedsNoMemory() {
        ThreadMXBean threads = assertInstanceOf(ThreadMXBean.class, ManagementFactory.getThreadMXBean());
        try (AdaptiveMusic music = leftThenRight().start()) {
            float[][] block = new float[2][1_000];
            ShortBuffer shorts = ShortBuffer.allocate(2_000);
            for (int i = 0; i < 500; i++) {
                music.read(block);
                music.poll(shorts.clear());
            }
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 1_000; i++) {
                music.read(block);
                music.poll(shorts.clear());
            }
            long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            assertTrue(after - before < 10_000, after - before + " bytes");
        }
    }

    @Test
    void listenersAreCalledThroughTheExecutorOfTheGame() throws InterruptedException {
        BlockingQueue<Runnable> frame = new LinkedBlockingQueue<>();
        try (AdaptiveMusic music =
                leftThenRight().listener(listener, frame::add).start()) {
            Tracks.read(music, BAR);
            Runnable callback = frame.take();
            assertTrue(told.isEmpty());
            callback.run();
            assertEquals("heard left", told.take());
        }
    }

    @Test
    void anEventThatLeadsNowhereChangesNothing() {
        try (AdaptiveMusic music = leftThenRight().start()) {
            assertTrue(music.fire("go"));
            assertFalse(music.fire("go"));
            assertEquals("right", music.state());
        }
    }

    @Test
    void mistakesAreRefusedByTheirField() {
        Track track = Tracks.constant(1, 0, 1);
        assertRefused("state", () -> AdaptiveMusic.builder().start());
        assertRefused("state", () -> AdaptiveMusic.builder().state("", track));
        assertRefused("state", () -> AdaptiveMusic.builder().state("a", track).state("a", track));
        assertRefused(
                "state", () -> leftThenRight().event("go", "right", "nowhere").start());
        assertRefused(
                "state", () -> leftThenRight().bridge("left", "nowhere", 1).start());
        assertRefused(
                "state", () -> leftThenRight().once("won", track, "nowhere").start());
        assertRefused("levels", () -> AdaptiveMusic.builder().state("a", new Track[0]));
        assertRefused("levels", () -> AdaptiveMusic.builder().state("a", track, null));
        assertRefused("levels", () -> AdaptiveMusic.builder().state("a", (Track[]) null));
        assertRefused("levels", () -> leftThenRight().once("a", (Track) null, "left"));
        assertRefused("next", () -> leftThenRight().once("a", track, null));
        assertRefused("next", () -> leftThenRight().once("a", request("a"), null));
        assertRefused("event", () -> leftThenRight().event(null, "left", "right"));
        assertRefused("from", () -> leftThenRight().event("back", null, "right"));
        assertRefused("to", () -> leftThenRight().event("back", "right", null));
        assertRefused("event", () -> leftThenRight().event("go", "left", "left"));
        assertRefused("event", () -> leftThenRight().event("go", "left").event("go", "right"));
        assertRefused("from", () -> leftThenRight().crossfade(null, "right", 1));
        assertRefused("to", () -> leftThenRight().bridge("left", null, 1));
        assertRefused("to", () -> leftThenRight().crossfade("left", "right", 1).bridge("left", "right", 1));
        assertRefused("fallback", () -> leftThenRight().fallback(null));
        assertRefused("listener", () -> leftThenRight().listener(null, Runnable::run));
        assertRefused("executor", () -> leftThenRight().listener(listener, null));
        assertRefused("jobs", () -> leftThenRight().start(null));
        assertRefused("beats", () -> leftThenRight().crossfade(33));
        assertRefused("bars", () -> leftThenRight().bridge("left", "right", 0));
        assertRefused("jobs", () -> leftThenRight().bridge("left", "right", 1).start());
        assertRefused(
                "jobs", () -> AdaptiveMusic.builder().state("a", request("a")).start());
        try (AdaptiveMusic music = leftThenRight().start()) {
            assertRefused("event", () -> music.fire("went"));
            assertRefused("intensity", () -> music.intensity(1.1));
            assertRefused("state", () -> music.replace("nowhere", track));
            assertRefused("levels", () -> music.replace("left", request("a")));
            assertRefused("state", () -> music.isReady("nowhere"));
        }
    }

    private static void assertRefused(String field, Executable request) {
        assertEquals(field, assertThrows(InvalidRequestException.class, request).field());
    }

    @Test
    void musicIsTheSameWhateverTheSizeOfTheBlocks() {
        float[][] whole = new float[2][6 * BAR];
        try (AdaptiveMusic music = leftThenRight().start()) {
            music.read(new float[2][BEAT]);
            music.fire("go");
            music.read(whole);
        }
        try (AdaptiveMusic music = leftThenRight().start()) {
            Tracks.read(music, BEAT);
            music.fire("go");
            float[][] pieces = Tracks.read(music, 6 * BAR);
            assertArrayEquals(whole[0], pieces[0]);
            assertArrayEquals(whole[1], pieces[1]);
        }
    }
}
