package acestep4j.onnx;

import acestep4j.Device;
import acestep4j.DeviceAttempt;
import acestep4j.DeviceChoice;
import acestep4j.DeviceException;
import acestep4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chooses device and precision. Knows no library: what CUDA can do is asked of a probe. */
final class DeviceSelection {
    private static final String ANYWHERE = "fp32";

    /** What each device computes, the better precision first. ONNX Runtime has no bfloat16 on the CPU. */
    private static final List<String> ON_CUDA = List.of("bf16", ANYWHERE, "compact");

    private static final List<String> ON_CPU = List.of("int8", ANYWHERE, "compact");

    /** Whether a CUDA device can compute. */
    @FunctionalInterface
    interface Probe {
        /** @return why it can't; empty if it can */
        Optional<DeviceAttempt> failure(Device cuda, String precision);
    }

    private final Device asked;
    private final Optional<String> precision;
    private final List<String> offered;

    /**
     * @param precision the only one that will do; empty for the best
     * @param offered the bundle's precisions
     */
    DeviceSelection(Device asked, Optional<String> precision, List<String> offered) {
        this.asked = asked;
        this.precision = precision;
        this.offered = List.copyOf(offered);
    }

    /**
     * @throws DeviceException when nothing that was asked for can compute
     * @throws InvalidRequestException when the precision isn't for the CPU, which was asked for
     */
    DeviceChoice choose(Probe probe) {
        if (asked.type() == Device.Type.CPU) {
            if (precision.isPresent() && !ON_CPU.contains(precision.get())) {
                throw new InvalidRequestException(
                        "precision",
                        "expected " + String.join(" or ", ON_CPU) + " on the CPU, found " + precision.get()
                                + "; take one of these that the bundle has " + offered
                                + ", or a CUDA device");
            }
            return onCpu(List.of());
        }
        Device cuda = new Device(Device.Type.CUDA, asked.id(), asked.memoryLimit(), asked.tf32());
        List<DeviceAttempt> attempts = new ArrayList<>();
        List<String> candidates = candidates(ON_CUDA);
        if (candidates.isEmpty()) {
            attempts.add(noPrecision(cuda, ON_CUDA));
        }
        for (String candidate : candidates) {
            Optional<DeviceAttempt> failure = probe.failure(cuda, candidate);
            if (failure.isEmpty()) {
                return new DeviceChoice(asked, cuda, candidate, attempts);
            }
            attempts.add(failure.get());
            if (failure.get().cause() != DeviceAttempt.Cause.CARD_TOO_OLD) {
                break;
            }
        }
        return withoutCuda(attempts);
    }

    /**
     * What is left when CUDA can't compute.
     *
     * @throws DeviceException when only CUDA was asked for, or the CPU has no precision either
     */
    DeviceChoice withoutCuda(List<DeviceAttempt> attempts) {
        if (asked.type() == Device.Type.CUDA) {
            throw new DeviceException(attempts);
        }
        return onCpu(attempts);
    }

    private DeviceChoice onCpu(List<DeviceAttempt> attempts) {
        List<String> candidates = candidates(ON_CPU);
        if (candidates.isEmpty()) {
            List<DeviceAttempt> all = new ArrayList<>(attempts);
            all.add(noPrecision(Device.cpu(), ON_CPU));
            throw new DeviceException(all);
        }
        return new DeviceChoice(asked, Device.cpu(), candidates.get(0), attempts);
    }

    private List<String> candidates(List<String> computed) {
        return computed.stream()
                .filter(offered::contains)
                .filter(name -> precision.isEmpty() || precision.get().equals(name))
                .toList();
    }

    private DeviceAttempt noPrecision(Device device, List<String> computed) {
        String expected = "expected " + String.join(" or ", computed) + ", found ";
        return precision.isPresent()
                ? new DeviceAttempt(
                        device.label(),
                        DeviceAttempt.Cause.NO_PRECISION,
                        expected + precision.get() + ", which was asked for",
                        "take precision auto")
                : new DeviceAttempt(
                        device.label(),
                        DeviceAttempt.Cause.NO_PRECISION,
                        expected + String.join(", ", offered) + " in the bundle",
                        "export it with scripts/export_onnx.py --precision " + ANYWHERE);
    }
}
