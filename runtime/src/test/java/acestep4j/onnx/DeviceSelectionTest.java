package acestep4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.Device;
import acestep4j.DeviceAttempt;
import acestep4j.DeviceAttempt.Cause;
import acestep4j.DeviceChoice;
import acestep4j.DeviceException;
import acestep4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceSelectionTest {
    private static final List<String> ALL = List.of("fp32", "bf16", "int8");
    private static final DeviceSelection.Probe CAN = (cuda, precision) -> Optional.empty();
    private static final DeviceSelection.Probe CANNOT =
            (cuda, precision) -> Optional.of(CudaFailure.noProvider(cuda.label()));

    private static DeviceChoice choose(
            Device asked, String precision, List<String> offered, DeviceSelection.Probe probe) {
        return new DeviceSelection(asked, Optional.ofNullable(precision), offered).choose(probe);
    }

    private static void assertChosen(String device, String precision, DeviceChoice choice) {
        assertEquals(device, choice.used().label());
        assertEquals(precision, choice.precision());
    }

    @Test
    void takesTheBestPrecisionOfTheDevice() {
        assertChosen("cuda:0", "bf16", choose(Device.auto(), null, ALL, CAN));
        assertChosen("cuda:0", "fp32", choose(Device.auto(), null, List.of("int8", "fp32"), CAN));
        assertChosen("cpu", "int8", choose(Device.auto(), null, ALL, CANNOT));
        assertChosen("cpu", "int8", choose(Device.cpu(), null, ALL, CAN));
        assertChosen("cpu", "fp32", choose(Device.cpu(), null, List.of("bf16", "fp32"), CAN));
    }

    @Test
    void takesThePrecisionThatWasAskedFor() {
        assertChosen("cuda:0", "fp32", choose(Device.auto(), "fp32", ALL, CAN));
        assertChosen("cpu", "fp32", choose(Device.auto(), "fp32", ALL, CANNOT));
        DeviceChoice int8 = choose(Device.auto(), "int8", ALL, CAN);
        assertChosen("cpu", "int8", int8);
        assertEquals(Cause.NO_PRECISION, int8.attempts().get(0).cause());
    }

    @Test
    void keepsTheSettingsOfTheDevice() {
        DeviceChoice choice = choose(Device.auto().withId(1).withMemoryLimit(5).withTf32(false), null, ALL, CAN);
        assertEquals(Device.cuda().withId(1).withMemoryLimit(5).withTf32(false), choice.used());
        assertEquals(Device.Type.AUTO, choice.asked().type());
        assertTrue(choice.attempts().isEmpty());
    }

    @Test
    void triesFloat32OnACardThatIsTooOldForBfloat16() {
        DeviceChoice choice = choose(
                Device.cuda(),
                null,
                ALL,
                (cuda, precision) -> precision.equals("bf16")
                        ? Optional.of(new DeviceAttempt(cuda.label(), Cause.CARD_TOO_OLD, "old", "fp32"))
                        : Optional.empty());
        assertChosen("cuda:0", "fp32", choice);
        assertEquals(1, choice.attempts().size());
    }

    @Test
    void triesNoOtherPrecisionWhenTheDeviceItselfFails() {
        List<String> tried = new ArrayList<>();
        DeviceChoice choice = choose(Device.auto(), null, ALL, (cuda, precision) -> {
            tried.add(precision);
            return Optional.of(CudaFailure.noProvider(cuda.label()));
        });
        assertEquals(List.of("bf16"), tried);
        assertEquals(1, choice.attempts().size());
    }

    @Test
    void neverGivesBfloat16ToTheCpu() {
        InvalidRequestException refused =
                assertThrows(InvalidRequestException.class, () -> choose(Device.cpu(), "bf16", ALL, CAN));
        assertTrue(
                refused.getMessage().contains("expected int8 or fp32 or compact on the CPU, found bf16"),
                refused.getMessage());
        DeviceException failed = assertThrows(DeviceException.class, () -> choose(Device.auto(), "bf16", ALL, CANNOT));
        assertEquals(
                List.of(Cause.NO_PROVIDER, Cause.NO_PRECISION),
                failed.attempts().stream().map(DeviceAttempt::cause).toList());
        DeviceException onlyBf16 =
                assertThrows(DeviceException.class, () -> choose(Device.auto(), null, List.of("bf16"), CANNOT));
        assertTrue(onlyBf16.getMessage().contains("export_onnx.py --precision fp32"), onlyBf16.getMessage());
    }

    @Test
    void takesCompactWhereThereIsNothingElse() {
        assertChosen("cpu", "compact", choose(Device.cpu(), null, List.of("compact"), CAN));
        assertChosen("cpu", "fp32", choose(Device.cpu(), null, List.of("compact", "fp32"), CAN));
        assertChosen("cuda:0", "compact", choose(Device.auto(), null, List.of("compact", "int8"), CAN));
        assertChosen("cuda:0", "fp32", choose(Device.auto(), null, List.of("compact", "fp32"), CAN));
    }

    @Test
    void failsWhenOnlyCudaWasAskedFor() {
        DeviceException failed = assertThrows(DeviceException.class, () -> choose(Device.cuda(), null, ALL, CANNOT));
        assertTrue(failed.getMessage().contains("onnxruntime_gpu"), failed.getMessage());
        DeviceException onlyInt8 =
                assertThrows(DeviceException.class, () -> choose(Device.cuda(), null, List.of("int8"), CAN));
        assertEquals(Cause.NO_PRECISION, onlyInt8.attempts().get(0).cause());
    }

    @Test
    void fallsBackWhenCudaCannotHoldTheGraphs() {
        DeviceAttempt full = new DeviceAttempt("cuda:0", Cause.TOO_LITTLE_MEMORY, "full", "less");
        assertChosen(
                "cpu", "int8", new DeviceSelection(Device.auto(), Optional.empty(), ALL).withoutCuda(List.of(full)));
        assertThrows(DeviceException.class, () -> new DeviceSelection(Device.cuda(), Optional.empty(), ALL)
                .withoutCuda(List.of(full)));
    }
}
