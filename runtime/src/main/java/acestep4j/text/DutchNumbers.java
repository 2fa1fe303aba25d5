package acestep4j.text;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Numbers in Dutch words: "twaalf komma vijf", "eenentwintigste". Immutable and thread-safe. */
final class DutchNumbers extends ScaledNumbers {
    private static final String[] LOW_ILLIONS = {"m", "b", "tr", "quadr", "quint", "sext", "sept", "okt", "non"};

    /** Endings of cardinals and what they become before "e"; the first that fits. */
    private static final String[][] ORDINAL_STEMS = {
        {"nul", "nuld"},
        {"één", "eerst"},
        {"twee", "tweed"},
        {"drie", "derd"},
        {"vier", "vierd"},
        {"vijf", "vijfd"},
        {"zes", "zesd"},
        {"zeven", "zevend"},
        {"acht", "achtst"},
        {"negen", "negend"},
        {"tien", "tiend"},
        {"elf", "elfd"},
        {"twaalf", "twaalfd"},
        {"ig", "igst"},
        {"erd", "erdst"},
        {"end", "endst"},
        {"joen", "joenst"},
        {"rd", "rdst"},
    };

    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR, MoneyWords.Forms.of("euro", "euro", "cent", "cent"),
                    Currency.GBP, MoneyWords.Forms.of("pond", "pond", "penny", "pence"),
                    Currency.USD, MoneyWords.Forms.of("dollar", "dollar", "cent", "cent")),
            count -> 0,
            ",");

    DutchNumbers() {
        super(
                illions(LOW_ILLIONS, "okto", "dez", "zend", "iljoen", "iljard"),
                3,
                named(
                        "dertig",
                        30,
                        "veertig",
                        40,
                        "vijftig",
                        50,
                        "zestig",
                        60,
                        "zeventig",
                        70,
                        "tachtig",
                        80,
                        "negentig",
                        90,
                        "honderd",
                        100,
                        "duizend",
                        1000),
                List.of(
                        "nul",
                        "één",
                        "twee",
                        "drie",
                        "vier",
                        "vijf",
                        "zes",
                        "zeven",
                        "acht",
                        "negen",
                        "tien",
                        "elf",
                        "twaalf",
                        "dertien",
                        "veertien",
                        "vijftien",
                        "zestien",
                        "zeventien",
                        "achttien",
                        "negentien",
                        "twintig"),
                "komma");
    }

    @Override
    Named join(Named left, Named right) {
        if (left.is(1) && right.below(MILLION)) {
            return right;
        }
        String first = left.is(1) ? "een" : left.words();
        if (left.below(right.value())) {
            return new Named(
                    first + (right.below(MILLION) ? "" : " ") + right.words(),
                    left.value().multiply(right.value()));
        }
        BigInteger sum = left.value().add(right.value());
        if (right.below(BigInteger.TEN) && BigInteger.TEN.compareTo(left.value()) < 0 && left.below(HUNDRED)) {
            String unit = right.is(1) ? "een" : right.words();
            return new Named(unit + (unit.endsWith("e") ? "ën" : "en") + first, sum);
        }
        return new Named(first + (left.below(MILLION) ? "" : " ") + right.words(), sum);
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        String words = cardinal(value);
        for (String[] stem : ORDINAL_STEMS) {
            if (words.endsWith(stem[0])) {
                return words.substring(0, words.length() - stem[0].length()) + stem[1] + "e";
            }
        }
        return words + "e";
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        return MONEY.write(amount, currency, this);
    }
}
