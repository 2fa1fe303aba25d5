package acestep4j.lora;

import java.util.function.Supplier;

/**
 * A matrix of a LoRA file.
 *
 * @param key its key in the file
 * @param rows the outer size
 * @param columns the inner size
 * @param values read when asked for, row after row
 */
public record LoraMatrix(String key, int rows, int columns, Supplier<float[]> values) {}
