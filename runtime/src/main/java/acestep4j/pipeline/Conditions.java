package acestep4j.pipeline;

import acestep4j.diffusion.Pass;
import acestep4j.model.Condition;
import acestep4j.onnx.OnnxRuntime;
import java.util.EnumMap;
import java.util.Map;

/** What the transformer attends to in each pass. Whoever made them closes them. */
final class Conditions implements AutoCloseable {
    private final Map<Pass, Condition> byPass = new EnumMap<>(Pass.class);

    void put(Pass pass, Condition condition) {
        byPass.put(pass, condition);
    }

    Map<Pass, Condition> byPass() {
        return byPass;
    }

    @Override
    public void close() {
        byPass.values().forEach(Condition::close);
        OnnxRuntime.giveMemoryBack();
    }
}
