package acestep4j.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;

/**
 * Amounts of money in one language: units, separator, cents.
 *
 * @param forms the currencies the language names
 * @param separator between units and cents, without the space behind it
 */
record MoneyWords(Map<Currency, Forms> forms, Plural plural, String separator) {
    /** Decimal numbers of Python hold so many digits. */
    private static final int MOST_DIGITS = 28;

    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    /** Unit and cent, each in the forms of its number. */
    record Forms(String[] unit, String[] cent) {
        static Forms of(String unit, String units, String cent, String cents) {
            return new Forms(new String[] {unit, units}, new String[] {cent, cents});
        }
    }

    @FunctionalInterface
    interface Plural {
        /** One form for one, another for every other number. */
        Plural ONE_OR_MORE = count -> count.equals(BigInteger.ONE) ? 0 : 1;

        /** Which form goes with a count. */
        int form(BigInteger count);
    }

    String write(double amount, Currency currency, NumberWords numbers) throws UnreadableNumberException {
        BigDecimal rounded = new BigDecimal(amount).setScale(2, RoundingMode.HALF_UP);
        if (rounded.precision() > MOST_DIGITS) {
            throw new UnreadableNumberException("beyond decimal precision");
        }
        Forms words = forms.get(currency);
        if (words == null) {
            throw new UnreadableNumberException("no words for " + currency);
        }
        BigInteger[] parts = rounded.unscaledValue().divideAndRemainder(HUNDRED);
        return numbers.cardinal(parts[0])
                + ' '
                + words.unit[plural.form(parts[0])]
                + separator
                + ' '
                + numbers.cardinal(parts[1])
                + ' '
                + words.cent[plural.form(parts[1])];
    }
}
