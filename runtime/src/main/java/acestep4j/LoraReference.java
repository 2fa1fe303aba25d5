package acestep4j;

/**
 * Which LoRA is in use.
 *
 * @param name the file's name without its ending; that of its folder for a file under the official name
 * @param sha256 SHA-256 of the file, in hexadecimal
 * @param weight factor on what the LoRA adds: 1 is as it was trained, 0 is nothing
 */
public record LoraReference(String name, String sha256, double weight) {}
