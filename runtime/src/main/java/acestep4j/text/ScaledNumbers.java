package acestep4j.text;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers built from named ones: how often the largest named number goes into the value, that number, the rest, each pair
 * joined by the language's own rule. The scheme of num2words' European languages; floating-point values go through the
 * arithmetic of Python's floats, which shows from 2^53 on.
 */
abstract class ScaledNumbers implements NumberWords {
    static final BigInteger HUNDRED = BigInteger.valueOf(100);
    static final BigInteger THOUSAND = BigInteger.valueOf(1_000);
    static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

    private static final double LARGEST_EXACT = 1L << 53;

    /** Words and the number they stand for. */
    record Named(String words, BigInteger value) {
        boolean below(BigInteger limit) {
            return value.compareTo(limit) < 0;
        }

        boolean is(long number) {
            return value.equals(BigInteger.valueOf(number));
        }

        boolean isMultipleOf(BigInteger unit) {
            return value.mod(unit).signum() == 0;
        }
    }

    /** Largest first; the last are 1 and 0. */
    private final List<Named> names;

    private final Named one;
    private final BigInteger limit;
    private final String point;

    /**
     * @param scales names of the powers from a million on, smallest first
     * @param step the power of ten between two of them
     * @param tens 30, 40, ... as far as the language names them, 100 and 1000
     * @param low 0, 1, 2, ...
     */
    ScaledNumbers(List<String> scales, int step, List<Named> tens, List<String> low, String point) {
        names = new ArrayList<>();
        for (int i = scales.size() - 1; i >= 0; i--) {
            names.add(new Named(scales.get(i), BigInteger.TEN.pow(6 + step * i)));
        }
        limit = names.get(0).value.multiply(THOUSAND);
        for (int i = tens.size() - 1; i >= 0; i--) {
            names.add(tens.get(i));
        }
        for (int i = low.size() - 1; i >= 0; i--) {
            names.add(new Named(low.get(i), BigInteger.valueOf(i)));
        }
        one = names.get(names.size() - 2);
        this.point = point;
    }

    static List<Named> named(Object... wordsAndNumbers) {
        var named = new ArrayList<Named>();
        for (int i = 0; i < wordsAndNumbers.length; i += 2) {
            named.add(new Named(
                    (String) wordsAndNumbers[i], BigInteger.valueOf(((Integer) wordsAndNumbers[i + 1]).longValue())));
        }
        return named;
    }

    /** Joins a count with the named number it counts, or a number with the smaller rest behind it. */
    abstract Named join(Named left, Named right);

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        if (value.compareTo(limit) >= 0) {
            throw new UnreadableNumberException("too large");
        }
        return name(value).words;
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        if (PythonFloat.isWhole(value)) {
            BigInteger whole = PythonFloat.whole(value);
            if (value <= LARGEST_EXACT || whole.compareTo(limit) >= 0) {
                return cardinal(whole);
            }
            return name(value).words;
        }
        var words = new StringBuilder(cardinal(PythonFloat.whole(value)));
        words.append(' ').append(point);
        String fraction = PythonFloat.fraction(value);
        for (int i = 0; i < fraction.length(); i++) {
            words.append(' ').append(cardinal(BigInteger.valueOf(fraction.charAt(i) - '0')));
        }
        return words.toString();
    }

    private Named name(BigInteger value) {
        Named largest = largestIn(value);
        if (value.signum() == 0) {
            return join(one, largest);
        }
        BigInteger[] parts = value.divideAndRemainder(largest.value);
        Named counted = join(parts[0].equals(BigInteger.ONE) ? one : name(parts[0]), largest);
        return parts[1].signum() == 0 ? counted : join(counted, name(parts[1]));
    }

    private Named name(double value) {
        if (value <= LARGEST_EXACT) {
            return name(PythonFloat.whole(value));
        }
        Named largest = largestIn(PythonFloat.whole(value));
        double[] parts = PythonFloat.divide(value, largest.value.doubleValue());
        Named counted = join(parts[0] == 1 ? one : name(parts[0]), largest);
        return parts[1] == 0 ? counted : join(counted, name(parts[1]));
    }

    private Named largestIn(BigInteger value) {
        for (Named name : names) {
            if (name.value.compareTo(value) <= 0) {
                return name;
            }
        }
        throw new IllegalArgumentException("negative: " + value);
    }

    /**
     * The names of a million, its powers and what lies between them, from "m", "b", "tr" to the hundredth.
     *
     * @param low the first nine, smallest first
     * @param eight how "eight" is spelled within a name
     * @param endings of a power of a million, and of a thousand such
     */
    static List<String> illions(String[] low, String eight, String ten, String hundred, String... endings) {
        String[] units = {"", "un", "duo", "tre", "quattuor", "quin", "sex", "sept", eight, "novem"};
        String[] tens = {
            ten, "vigint", "trigint", "quadragint", "quinquagint", "sexagint", "septuagint", eight + "gint", "nonagint"
        };
        var stems = new ArrayList<>(List.of(low));
        for (String tenth : tens) {
            for (String unit : units) {
                stems.add(unit + tenth);
            }
        }
        stems.add(hundred);
        var names = new ArrayList<String>();
        for (String stem : stems) {
            for (String ending : endings) {
                names.add(stem + ending);
            }
        }
        return names;
    }
}
