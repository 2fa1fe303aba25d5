package acestep4j.text;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Numbers in Spanish words: "doce punto cinco", "vigésimo primero". Immutable and thread-safe. */
final class SpanishNumbers extends ScaledNumbers {
    private static final String[] ORDINAL_ONES = {
        "", "primer", "segund", "tercer", "cuart", "quint", "sext", "séptim", "octav", "noven", "décim"
    };
    private static final String[] ORDINAL_TENS = {
        "",
        "décim",
        "vigésim",
        "trigésim",
        "quadragésim",
        "quincuagésim",
        "sexagésim",
        "septuagésim",
        "octogésim",
        "nonagésim",
        "centésim"
    };
    private static final String[] ORDINAL_HUNDREDS = {
        "",
        "centésim",
        "ducentésim",
        "tricentésim",
        "cuadrigentésim",
        "quingentésim",
        "sexcentésim",
        "septigentésim",
        "octigentésim",
        "noningentésim",
        "milésim"
    };
    /** Of the powers of a thousand. */
    private static final String[] ORDINAL_SCALES = {
        "", "milésim", "millonésim", "billonésim", "trillonésim", "cuadrillonésim"
    };

    private static final BigInteger LARGEST_ORDINAL = BigInteger.TEN.pow(18);

    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR, MoneyWords.Forms.of("euro", "euros", "céntimo", "céntimos"),
                    Currency.GBP, MoneyWords.Forms.of("libra", "libras", "penique", "peniques"),
                    Currency.USD, MoneyWords.Forms.of("dólar", "dólares", "centavo", "centavos")),
            MoneyWords.Plural.ONE_OR_MORE,
            " con");

    SpanishNumbers() {
        super(
                List.of("millón", "billón", "trillón", "cuatrillón"),
                6,
                named(
                        "treinta",
                        30,
                        "cuarenta",
                        40,
                        "cincuenta",
                        50,
                        "sesenta",
                        60,
                        "setenta",
                        70,
                        "ochenta",
                        80,
                        "noventa",
                        90,
                        "cien",
                        100,
                        "mil",
                        1000),
                List.of(
                        "cero",
                        "uno",
                        "dos",
                        "tres",
                        "cuatro",
                        "cinco",
                        "seis",
                        "siete",
                        "ocho",
                        "nueve",
                        "diez",
                        "once",
                        "doce",
                        "trece",
                        "catorce",
                        "quince",
                        "dieciséis",
                        "diecisiete",
                        "dieciocho",
                        "diecinueve",
                        "veinte",
                        "veintiuno",
                        "veintidós",
                        "veintitrés",
                        "veinticuatro",
                        "veinticinco",
                        "veintiséis",
                        "veintisiete",
                        "veintiocho",
                        "veintinueve"),
                "punto");
    }

    @Override
    Named join(Named left, Named right) {
        String first = left.words();
        String second = right.words();
        if (left.is(1)) {
            if (right.below(MILLION)) {
                return right;
            }
            first = "un";
        } else if (left.is(100) && !right.isMultipleOf(THOUSAND)) {
            first += "to";
        }
        if (right.below(left.value())) {
            String and = left.below(HUNDRED) ? " y " : " ";
            return new Named(first + and + second, left.value().add(right.value()));
        }
        if (right.isMultipleOf(MILLION) && !left.is(1)) {
            second = second.substring(0, second.length() - 3) + "lones";
        }
        BigInteger product = left.value().multiply(right.value());
        if (!right.is(100)) {
            return new Named(first + ' ' + second, product);
        }
        if (left.is(5)) {
            return new Named("quinientos", product);
        }
        String stem = left.is(7) ? "sete" : left.is(9) ? "nove" : first;
        return new Named(stem + second + "tos", product);
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        return value.compareTo(LARGEST_ORDINAL) < 0
                ? ordinal(value.longValueExact()).strip()
                : cardinal(value);
    }

    private String ordinal(long value) throws UnreadableNumberException {
        if (value == 0) {
            return "";
        }
        if (value <= 10) {
            return ORDINAL_ONES[(int) value] + "o";
        }
        if (value <= 12) {
            return "décimo" + ordinal(value - 10);
        }
        if (value <= 100) {
            return (ORDINAL_TENS[(int) value / 10] + "o " + ordinal(value % 10)).strip();
        }
        if (value <= 1000) {
            return (ORDINAL_HUNDREDS[(int) value / 100] + "o " + ordinal(value % 100)).strip();
        }
        // A logarithm a little off takes the power below (10^9) or above, which has no end in the package.
        int power = (int) (Math.log(value) / Math.log(1000));
        long scale = 1;
        for (int i = 0; i < power; i++) {
            scale *= 1000;
        }
        if (scale > value) {
            throw new UnreadableNumberException("endless");
        }
        String count = value / scale == 1 ? "" : cardinal(BigInteger.valueOf(value / scale));
        return (count + ORDINAL_SCALES[power] + "o " + ordinal(value % scale)).strip();
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        String words = MONEY.write(amount, currency, this);
        int cents = words.indexOf(" con ");
        String units = words.substring(0, cents);
        if (currency == Currency.GBP) {
            units = units.replace("uno", "una").replace("cientos", "cientas");
        }
        return beforeNoun(units) + beforeNoun(words.substring(cents));
    }

    private static String beforeNoun(String words) {
        return words.replace("veintiuno", "veintiún").replace("uno", "un");
    }
}
