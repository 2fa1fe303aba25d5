package acestep4j.text;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Numbers in the words of European Portuguese: "doze vírgula cinco", "vigésimo primeiro". Immutable and thread-safe. */
final class PortugueseNumbers extends ScaledNumbers {
    private static final String[] HUNDREDS = {
        "",
        "cento",
        "duzentos",
        "trezentos",
        "quatrocentos",
        "quinhentos",
        "seiscentos",
        "setecentos",
        "oitocentos",
        "novecentos"
    };
    /** Ones, tens, hundreds. */
    private static final String[][] ORDINALS = {
        {"", "primeiro", "segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono"},
        {
            "",
            "décimo",
            "vigésimo",
            "trigésimo",
            "quadragésimo",
            "quinquagésimo",
            "sexagésimo",
            "septuagésimo",
            "octogésimo",
            "nonagésimo"
        },
        {
            "",
            "centésimo",
            "ducentésimo",
            "tricentésimo",
            "quadrigentésimo",
            "quingentésimo",
            "seiscentésimo",
            "septigentésimo",
            "octigentésimo",
            "nongentésimo"
        }
    };
    /** Of the powers of a thousand. */
    private static final String[] ORDINAL_SCALES = {
        "", "milésimo", "milionésimo", "milésimo milionésimo", "bilionésimo", "milésimo bilionésimo"
    };

    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

    /** A scale that loses the "e" behind it where hundreds and another "e" follow. */
    private record Scale(String name, Pattern before) {
        static Scale of(String name) {
            return new Scale(name, Pattern.compile(name + " e \\p{L}*entos? (?=.*e)"));
        }
    }

    private static final List<Scale> SCALES = Stream.of(
                    "mil", "milhão", "milhões", "mil milhões", "bilião", "biliões", "mil biliões")
            .map(Scale::of)
            .toList();

    private static final String[] COUNTED_WITH_DE = {"milhão", "milhões", "bilião", "biliões", "trilião", "triliões"};

    private static final Map<Currency, MoneyWords.Forms> CURRENCIES = Map.of(
            Currency.EUR, MoneyWords.Forms.of("euro", "euros", "cêntimo", "cêntimos"),
            Currency.GBP, MoneyWords.Forms.of("libra", "libras", "péni", "pence"),
            Currency.USD, MoneyWords.Forms.of("dólar", "dólares", "cêntimo", "cêntimos"));
    private static final MoneyWords MONEY = new MoneyWords(CURRENCIES, MoneyWords.Plural.ONE_OR_MORE, " e");

    PortugueseNumbers() {
        super(
                List.of("milião", "bilião", "trilião", "quatrilião"),
                6,
                named(
                        "trinta",
                        30,
                        "quarenta",
                        40,
                        "cinquenta",
                        50,
                        "sessenta",
                        60,
                        "setenta",
                        70,
                        "oitenta",
                        80,
                        "noventa",
                        90,
                        "cem",
                        100,
                        "mil",
                        1000),
                List.of(
                        "zero",
                        "um",
                        "dois",
                        "três",
                        "quatro",
                        "cinco",
                        "seis",
                        "sete",
                        "oito",
                        "nove",
                        "dez",
                        "onze",
                        "doze",
                        "treze",
                        "catorze",
                        "quinze",
                        "dezasseis",
                        "dezassete",
                        "dezoito",
                        "dezanove",
                        "vinte"),
                "vírgula");
    }

    @Override
    Named join(Named left, Named right) {
        String first = left.words();
        String second = right.words();
        if (left.is(1)) {
            if (right.below(MILLION)) {
                return right;
            }
            first = "um";
        } else if (left.is(100) && !right.isMultipleOf(THOUSAND)) {
            first = "cento";
        }
        if (right.below(left.value())) {
            return new Named(first + " e " + second, left.value().add(right.value()));
        }
        String stem = second.substring(0, Math.max(0, second.length() - 4));
        if (right.isMultipleOf(BILLION) && !left.is(1)) {
            second = stem + "liões";
        } else if (right.isMultipleOf(MILLION) && !left.is(1)) {
            second = stem + "lhões";
        }
        if (second.equals("milião")) {
            second = "milhão";
        }
        BigInteger product = left.value().multiply(right.value());
        return right.is(100)
                ? new Named(HUNDREDS[left.value().intValue()], product)
                : new Named(first + ' ' + second, product);
    }

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        return withoutAnd(super.cardinal(value));
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        return withoutAnd(super.decimal(value));
    }

    private static String withoutAnd(String words) {
        String result = words;
        for (Scale scale : SCALES) {
            if (result.contains(scale.name) && scale.before.matcher(result).find()) {
                result = result.replace(scale.name + " e", scale.name);
            }
        }
        return result;
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        String digits = value.toString();
        if (digits.length() > 3 * ORDINAL_SCALES.length) {
            throw new UnreadableNumberException("too large for an ordinal");
        }
        var words = new StringBuilder();
        String scale = "";
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            if (i > 0 && i % 3 == 0) {
                scale = ORDINAL_SCALES[i / 3];
            }
            if (digit != 0) {
                prepend(words, scale);
                scale = "";
            }
            prepend(words, ORDINALS[i % 3][digit]);
        }
        String ordinal = words.toString();
        boolean isOne = value.equals(BigInteger.ONE);
        return ordinal.startsWith("primeiro") && !isOne ? ordinal.substring("primeiro ".length()) : ordinal;
    }

    private static void prepend(StringBuilder words, String word) {
        if (!word.isEmpty()) {
            words.insert(0, words.length() == 0 ? word : word + ' ');
        }
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        String words = MONEY.write(amount, currency, this);
        String units = CURRENCIES.get(currency).unit()[1];
        for (String scale : COUNTED_WITH_DE) {
            if (words.contains(scale + ' ' + units)) {
                int end = words.indexOf(scale) + scale.length();
                words = words.substring(0, end) + " de" + words.substring(end);
            }
        }
        return words.replace(" e zero cêntimos", "");
    }
}
