package acestep4j.library;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON that is the same bytes for the same content: keys in the order of their characters, no blanks, each number rounded
 * to the fewest digits that give it again. {@link Double#toString} isn't used, since JDK 19 changed its digits.
 */
final class CanonicalJson {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final int MOST_DIGITS = 17;
    private static final int LONGEST_WHOLE_NUMBER = 21;

    private CanonicalJson() {}

    static String write(Map<String, ?> content) {
        return GSON.toJson(element(content));
    }

    static JsonElement element(Object value) {
        if (value instanceof Map<?, ?> map) {
            JsonObject object = new JsonObject();
            new TreeMap<>(map).forEach((key, each) -> object.add((String) key, element(each)));
            return object;
        }
        if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(each -> array.add(element(each)));
            return array;
        }
        if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        }
        if (value instanceof Double number) {
            return new JsonPrimitive(shortest(number));
        }
        return value instanceof Number number ? new JsonPrimitive(number) : new JsonPrimitive((String) value);
    }

    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        BigDecimal rounded = exact;
        for (int digits = 1; digits <= MOST_DIGITS; digits++) {
            rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == number) {
                break;
            }
        }
        BigDecimal stripped = rounded.stripTrailingZeros();
        boolean isShortWhole = stripped.scale() < 0 && stripped.precision() - stripped.scale() <= LONGEST_WHOLE_NUMBER;
        return isShortWhole ? stripped.setScale(0) : stripped;
    }
}
