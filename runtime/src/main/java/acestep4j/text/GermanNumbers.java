package acestep4j.text;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Numbers in German words: "zwölf Komma fünf", "einundzwanzigste". Immutable and thread-safe. */
final class GermanNumbers extends ScaledNumbers {
    private static final String[] LOW_ILLIONS = {"M", "B", "Tr", "Quadr", "Quint", "Sext", "Sept", "Okt", "Non"};

    /** Endings of cardinals and what they become before "te"; the first that fits. */
    private static final String[][] ORDINAL_STEMS = {
        {"eins", "ers"},
        {"drei", "drit"},
        {"acht", "ach"},
        {"sieben", "sieb"},
        {"ig", "igs"},
        {"ert", "erts"},
        {"end", "ends"},
        {"ion", "ions"},
        {"nen", "ns"},
        {"rde", "rds"},
        {"rden", "rds"},
    };

    private static final Pattern ONE_LARGE_ORDINAL = Pattern.compile("eine ([a-z]+ill(?:ion|iard)ste)$");
    private static final Pattern LARGE_ORDINAL = Pattern.compile(" ([a-z]+ill(?:ion|iard)ste)$");

    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR, MoneyWords.Forms.of("Euro", "Euro", "Cent", "Cent"),
                    Currency.GBP, MoneyWords.Forms.of("Pfund", "Pfund", "Penny", "Pence"),
                    Currency.USD, MoneyWords.Forms.of("Dollar", "Dollar", "Cent", "Cent")),
            MoneyWords.Plural.ONE_OR_MORE,
            " und");

    GermanNumbers() {
        super(
                illions(LOW_ILLIONS, "okto", "dez", "zent", "illion", "illiarde"),
                3,
                named(
                        "dreißig", 30, "vierzig", 40, "fünfzig", 50, "sechzig", 60, "siebzig", 70, "achtzig", 80,
                        "neunzig", 90, "hundert", 100, "tausend", 1000),
                List.of(
                        "null",
                        "eins",
                        "zwei",
                        "drei",
                        "vier",
                        "fünf",
                        "sechs",
                        "sieben",
                        "acht",
                        "neun",
                        "zehn",
                        "elf",
                        "zwölf",
                        "dreizehn",
                        "vierzehn",
                        "fünfzehn",
                        "sechzehn",
                        "siebzehn",
                        "achtzehn",
                        "neunzehn",
                        "zwanzig"),
                "Komma");
    }

    @Override
    Named join(Named left, Named right) {
        if (left.is(1) && (right.is(100) || right.is(1000))) {
            return new Named("ein" + right.words(), right.value());
        }
        if (left.is(1) && right.below(MILLION)) {
            return right;
        }
        String first = left.is(1) ? "eine" : left.words();
        String second = right.words();
        if (left.below(right.value())) {
            if (!right.below(MILLION)) {
                if (!left.is(1)) {
                    second += second.endsWith("e") ? "n" : "en";
                }
                first += " ";
            }
            return new Named(first + second, left.value().multiply(right.value()));
        }
        BigInteger sum = left.value().add(right.value());
        if (right.below(BigInteger.TEN) && BigInteger.TEN.compareTo(left.value()) < 0 && left.below(HUNDRED)) {
            return new Named((right.is(1) ? "ein" : second) + "und" + first, sum);
        }
        return new Named(first + (left.below(MILLION) ? "" : " ") + second, sum);
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        String words = cardinal(value).toLowerCase(Locale.ROOT);
        for (String[] stem : ORDINAL_STEMS) {
            if (words.endsWith(stem[0])) {
                words = words.substring(0, words.length() - stem[0].length()) + stem[1];
                break;
            }
        }
        String ordinal = words + "te";
        if (ordinal.equals("eintausendste") || ordinal.equals("einhundertste")) {
            return ordinal.substring("ein".length());
        }
        ordinal = ONE_LARGE_ORDINAL.matcher(ordinal).replaceFirst("$1");
        return LARGE_ORDINAL.matcher(ordinal).replaceFirst("$1");
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        return MONEY.write(amount, currency, this).replace("eins ", "ein ");
    }
}
