package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.bundle.Bundle;
import acestep4j.bundle.BundleFolder;
import acestep4j.model.AceStepModel;
import acestep4j.model.TextStates;
import acestep4j.request.TextToMusicRequest;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices on a machine whose ONNX Runtime has the CPU only. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DeviceTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");

    @TempDir
    private Path folder;

    @Test
    void computesOnTheCpuAndSaysWhy() {
        AceStepOptions options = AceStepOptions.defaults()
                .withThreads(1)
                .withSpinning(true)
                .withPrecision("fp32")
                .withOffload(true);
        try (AceStep aceStep = AceStep.open(BUNDLE, options)) {
            Receipt receipt = aceStep.generate(TextToMusicRequest.builder()
                            .prompt("bells")
                            .duration(1)
                            .steps(1)
                            .build())
                    .receipt();
            assertEquals(aceStep.device(), receipt.device());
            assertEquals(Device.auto(), receipt.device().asked());
            assertEquals(Device.cpu(), receipt.device().used());
            assertEquals("fp32", receipt.precision());
            assertEquals(options, receipt.options());
            DeviceAttempt attempt = receipt.device().attempts().get(0);
            assertEquals("cuda:0", attempt.device());
            assertEquals(DeviceAttempt.Cause.NO_PROVIDER, attempt.cause());

            JsonObject json = JsonParser.parseString(receipt.toJson(0)).getAsJsonObject();
            assertEquals("cpu", json.get("device").getAsString());
            assertEquals("auto", json.get("device_asked").getAsString());
            assertEquals(1, json.getAsJsonArray("device_attempts").size());
            assertEquals(1, json.get("threads").getAsInt());
            assertTrue(json.get("offload").getAsBoolean());
        }
    }

    @Test
    void triesNothingElseWhenTheCpuWasAskedFor() {
        AceStepOptions options = AceStepOptions.defaults()
                .withDevice(Device.cpu())
                .withPrecision("fp32")
                .withOffload(true);
        try (AceStep aceStep = AceStep.open(BUNDLE, options)) {
            assertEquals(List.of(), aceStep.device().attempts());
        }
    }

    @Test
    void refusesCudaBeforeAnyWeightsAreLoaded() throws IOException {
        BundleFolder broken = BundleFolder.ofPlaceholders(folder);
        AceStepOptions cuda = AceStepOptions.defaults().withDevice(Device.cuda().withId(1));
        DeviceException failed = assertThrows(DeviceException.class, () -> AceStep.open(broken.path(), cuda));
        assertEquals(DeviceAttempt.Cause.NO_PROVIDER, failed.attempts().get(0).cause());
        assertTrue(
                failed.getMessage().contains("cuda:1: this ONNX Runtime has no CUDA provider; put"),
                failed.getMessage());
    }

    @Test
    void takesThePrecisionAutoForNone() {
        assertEquals(
                Optional.empty(),
                AceStepOptions.defaults().withPrecision("auto").precision());
    }

    @Test
    void refusesSettingsThatNoDeviceHas() {
        assertThrows(InvalidRequestException.class, () -> Device.cuda().withId(-1));
        assertThrows(InvalidRequestException.class, () -> Device.cuda().withMemoryLimit(0));
        assertThrows(InvalidRequestException.class, () -> Device.cpu().withId(1));
        assertThrows(InvalidRequestException.class, () -> Device.cpu().withMemoryLimit(1));
        assertThrows(
                InvalidRequestException.class, () -> AceStepOptions.defaults().withDevice(null));
        assertFalse(Device.cuda().withTf32(false).tf32());
    }

    /** A million tokens attend to each other in 4 TB, which no machine gives. */
    @Test
    void staysUsableAfterMemoryRanOut() {
        try (AceStepModel model = AceStepModel.open(
                Bundle.open(BUNDLE, false), AceStepOptions.defaults().withOffload(true))) {
            long[] prompt = {3, 4, 1};
            TextStates before = model.textEncoder().encode(prompt, 1, new Cancellation());
            GenerationException failed = assertThrows(GenerationException.class, () -> model.textEncoder()
                    .encode(new long[1_000_000], 1, new Cancellation()));
            assertTrue(failed.getMessage().contains("out of memory ("), failed.getMessage());
            assertTrue(failed.getMessage().contains("text_encoder.onnx"), failed.getMessage());
            TextStates after = model.textEncoder().encode(prompt, 1, new Cancellation());
            assertArrayEquals(before.values(), after.values());
        }
    }
}
