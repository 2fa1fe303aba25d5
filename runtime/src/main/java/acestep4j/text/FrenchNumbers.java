package acestep4j.text;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Numbers in French words: "douze virgule cinq", "vingt et unième". Immutable and thread-safe. */
final class FrenchNumbers extends ScaledNumbers {
    private static final String[] LOW_ILLIONS = {"m", "b", "tr", "quadr", "quint", "sext", "sept", "oct", "non"};
    private static final BigInteger EIGHTY = BigInteger.valueOf(80);

    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR, MoneyWords.Forms.of("euro", "euros", "centime", "centimes"),
                    Currency.GBP, MoneyWords.Forms.of("livre", "livres", "penny", "pence"),
                    Currency.USD, MoneyWords.Forms.of("dollar", "dollars", "cent", "cents")),
            MoneyWords.Plural.ONE_OR_MORE,
            " et");

    FrenchNumbers() {
        super(
                illions(LOW_ILLIONS, "octo", "dec", "cent", "illion", "illiard"),
                3,
                named(
                        "trente",
                        30,
                        "quarante",
                        40,
                        "cinquante",
                        50,
                        "soixante",
                        60,
                        "quatre-vingts",
                        80,
                        "cent",
                        100,
                        "mille",
                        1000),
                List.of(
                        "zéro",
                        "un",
                        "deux",
                        "trois",
                        "quatre",
                        "cinq",
                        "six",
                        "sept",
                        "huit",
                        "neuf",
                        "dix",
                        "onze",
                        "douze",
                        "treize",
                        "quatorze",
                        "quinze",
                        "seize",
                        "dix-sept",
                        "dix-huit",
                        "dix-neuf",
                        "vingt"),
                "virgule");
    }

    @Override
    Named join(Named left, Named right) {
        String first = left.words();
        String second = right.words();
        if (left.is(1)) {
            if (right.below(MILLION)) {
                return right;
            }
        } else {
            boolean pluralHundred = left.isMultipleOf(HUNDRED) && left.below(THOUSAND);
            boolean eighty = left.value().subtract(EIGHTY).mod(HUNDRED).signum() == 0;
            if ((eighty || pluralHundred) && right.below(MILLION) && first.endsWith("s")) {
                first = first.substring(0, first.length() - 1);
            }
            if (left.below(THOUSAND) && !right.is(1000) && !second.endsWith("s") && right.isMultipleOf(HUNDRED)) {
                second += "s";
            }
        }
        if (right.below(left.value()) && left.below(HUNDRED)) {
            boolean and = right.value().mod(BigInteger.TEN).equals(BigInteger.ONE) && !left.is(80);
            return new Named(first + (and ? " et " : "-") + second, left.value().add(right.value()));
        }
        BigInteger value = left.below(right.value())
                ? left.value().multiply(right.value())
                : left.value().add(right.value());
        return new Named(first + ' ' + second, value);
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        if (value.equals(BigInteger.ONE)) {
            return "premier";
        }
        String words = cardinal(value);
        if (words.endsWith("cinq")) {
            return words + "uième";
        }
        String stem = words.substring(0, words.length() - 1);
        if (words.endsWith("neuf")) {
            return stem + "vième";
        }
        return (words.endsWith("e") ? stem : words) + "ième";
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        return MONEY.write(amount, currency, this);
    }
}
