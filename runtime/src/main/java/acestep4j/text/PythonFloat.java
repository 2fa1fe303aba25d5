package acestep4j.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Floating-point numbers as Python prints and divides them. Arguments are finite and not negative. */
final class PythonFloat {
    private static final int MOST_DIGITS = 17;
    private static final double FIRST_WITH_EXPONENT = 1e16;
    private static final double FIRST_WITHOUT_EXPONENT = 1e-4;
    private static final int LARGEST_POWER_OF_TEN = 308;

    private PythonFloat() {}

    /** The decimal of fewest digits that is this float. Java prints it so only from version 19 on. */
    static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal rounded = exact;
        for (int digits = 1; digits <= MOST_DIGITS; digits++) {
            rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                break;
            }
        }
        return rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
    }

    /** {@code str(value)}. */
    static String text(double value) {
        BigDecimal shortest = shortest(value);
        if (value == 0 || value >= FIRST_WITHOUT_EXPONENT && value < FIRST_WITH_EXPONENT) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return String.format("%se%s%02d", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** The digits behind the point as num2words takes them: through the float's own arithmetic. */
    static String fraction(double value) throws UnreadableNumberException {
        int places = shortest(value).scale();
        if (places > LARGEST_POWER_OF_TEN) {
            throw new UnreadableNumberException("more than " + LARGEST_POWER_OF_TEN + " decimal places");
        }
        double scaled = (value - Math.floor(value))
                * BigDecimal.ONE.scaleByPowerOfTen(places).doubleValue();
        double nearest = Math.rint(scaled);
        BigInteger fraction =
                new BigDecimal(Math.abs(nearest - scaled) < 0.01 ? nearest : Math.floor(scaled)).toBigInteger();
        String digits = fraction.toString();
        return ("0".repeat(Math.max(0, places - digits.length())) + digits).substring(0, places);
    }

    /** {@code divmod(value, divisor)}: quotient and remainder. */
    static double[] divide(double value, double divisor) {
        double remainder = value % divisor;
        double quotient = (value - remainder) / divisor;
        double whole = Math.floor(quotient);
        return new double[] {quotient - whole > 0.5 ? whole + 1 : whole, remainder};
    }

    /** The exact whole number below. */
    static BigInteger whole(double value) {
        return new BigDecimal(value).toBigInteger();
    }

    static boolean isWhole(double value) {
        return value == Math.rint(value);
    }
}
