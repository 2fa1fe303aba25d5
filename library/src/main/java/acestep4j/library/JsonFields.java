package acestep4j.library;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Takes the fields of a JSON object one by one: each must be there, of its type, and none may be left over. */
final class JsonFields {
    private final String where;
    private final Map<String, JsonElement> left = new TreeMap<>();

    private JsonFields(String where) {
        this.where = where;
    }

    /**
     * @param where what errors begin with
     * @throws LibraryException when the text isn't one JSON object with each key once
     */
    static JsonFields parse(String where, String json) {
        JsonFields fields = new JsonFields(where);
        try (JsonReader reader = new JsonReader(new StringReader(json))) {
            reader.setStrictness(Strictness.STRICT);
            reader.beginObject();
            while (reader.hasNext()) {
                String key = reader.nextName();
                if (fields.left.put(key, JsonParser.parseReader(reader)) != null) {
                    throw new LibraryException(where + ": expected each key once, found '" + key + "' twice");
                }
            }
            reader.endObject();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new LibraryException(where + ": expected one JSON object, found more behind it");
            }
        } catch (MalformedJsonException | JsonParseException | IllegalStateException e) {
            throw new LibraryException(where + ": expected a JSON object, found other text: " + firstLine(e), e);
        } catch (IOException e) {
            throw new LibraryException(where + ": expected a JSON object, found one that ends too early", e);
        }
        return fields;
    }

    private static JsonFields of(String where, JsonObject object) {
        JsonFields fields = new JsonFields(where);
        object.entrySet().forEach(field -> fields.left.put(field.getKey(), field.getValue()));
        return fields;
    }

    String text(String key) {
        return primitive(key, "a text", JsonPrimitive::isString).getAsString();
    }

    boolean flag(String key) {
        return primitive(key, "true or false", JsonPrimitive::isBoolean).getAsBoolean();
    }

    double number(String key) {
        double value = primitive(key, "a number", JsonPrimitive::isNumber).getAsDouble();
        if (!Double.isFinite(value)) {
            throw unexpected(key, "a finite number", value);
        }
        return value;
    }

    long whole(String key) {
        return whole(key, take(key));
    }

    /** A whole number that fits into 32 bits. */
    int integer(String key) {
        return integer(key, whole(key));
    }

    List<Integer> integers(String key) {
        return wholes(key).stream().map(value -> integer(key, value)).toList();
    }

    private int integer(String key, long value) {
        if (value != (int) value) {
            throw unexpected(key, "a smaller whole number", value);
        }
        return (int) value;
    }

    List<Long> wholes(String key) {
        JsonElement value = take(key);
        if (!value.isJsonArray()) {
            throw unexpected(key, "a list of whole numbers", value);
        }
        List<Long> list = new ArrayList<>();
        value.getAsJsonArray().forEach(each -> list.add(whole(key, each)));
        return list;
    }

    /** Empty when the key is missing. */
    List<Long> wholesIfPresent(String key) {
        return left.containsKey(key) ? wholes(key) : List.of();
    }

    List<String> texts(String key) {
        JsonElement value = take(key);
        if (!value.isJsonArray()) {
            throw unexpected(key, "a list of texts", value);
        }
        List<String> list = new ArrayList<>();
        for (JsonElement each : value.getAsJsonArray()) {
            if (!(each instanceof JsonPrimitive text && text.isString())) {
                throw unexpected(key, "a list of texts", value);
            }
            list.add(text.getAsString());
        }
        return list;
    }

    JsonFields object(String key) {
        JsonElement value = take(key);
        if (!value.isJsonObject()) {
            throw unexpected(key, "an object", value);
        }
        return of(where + ": " + key, value.getAsJsonObject());
    }

    /** A list of objects; empty when the key is missing. */
    List<JsonFields> objectsIfPresent(String key) {
        if (!left.containsKey(key)) {
            return List.of();
        }
        JsonElement value = take(key);
        if (!value.isJsonArray()) {
            throw unexpected(key, "a list of objects", value);
        }
        List<JsonFields> list = new ArrayList<>();
        for (JsonElement each : value.getAsJsonArray()) {
            if (!each.isJsonObject()) {
                throw unexpected(key, "a list of objects", value);
            }
            list.add(of(where + ": " + key, each.getAsJsonObject()));
        }
        return list;
    }

    /** An object as JSON. */
    String json(String key) {
        JsonElement value = take(key);
        if (!value.isJsonObject()) {
            throw unexpected(key, "an object", value);
        }
        return value.toString();
    }

    Optional<JsonFields> objectIfPresent(String key) {
        return left.containsKey(key) ? Optional.of(object(key)) : Optional.empty();
    }

    /** @throws LibraryException naming a key that nobody took */
    void end() {
        if (!left.isEmpty()) {
            throw new LibraryException(where + ": expected no key '"
                    + left.keySet().iterator().next() + "'; a newer version may have written it: take that one");
        }
    }

    LibraryException unexpected(String key, String expected, Object found) {
        return new LibraryException(where + ": " + key + ": expected " + expected + ", found " + found);
    }

    private JsonElement take(String key) {
        JsonElement value = left.remove(key);
        if (value == null) {
            throw new LibraryException(where + ": expected the key '" + key + "', found none");
        }
        return value;
    }

    private JsonPrimitive primitive(String key, String expected, Predicate<JsonPrimitive> isRight) {
        JsonElement value = take(key);
        if (value instanceof JsonPrimitive primitive && isRight.test(primitive)) {
            return primitive;
        }
        throw unexpected(key, expected, value);
    }

    private long whole(String key, JsonElement value) {
        try {
            if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
                return new BigDecimal(primitive.getAsString()).longValueExact();
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw new LibraryException(where + ": " + key + ": expected a whole number, found " + value, e);
        }
        throw unexpected(key, "a whole number", value);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
