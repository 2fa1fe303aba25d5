package acestep4j.text;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Numbers in Polish words: "dwanaście przecinek pięć", "dwudziesty pierwszy". Immutable and thread-safe. */
final class PolishNumbers implements NumberWords {
    private static final String[] ONES = {
        "zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć"
    };
    private static final String[] TEENS = {
        "dziesięć",
        "jedenaście",
        "dwanaście",
        "trzynaście",
        "czternaście",
        "piętnaście",
        "szesnaście",
        "siedemnaście",
        "osiemnaście",
        "dziewiętnaście"
    };
    private static final String[] TENS = {
        "",
        "",
        "dwadzieścia",
        "trzydzieści",
        "czterdzieści",
        "pięćdziesiąt",
        "sześćdziesiąt",
        "siedemdziesiąt",
        "osiemdziesiąt",
        "dziewięćdziesiąt"
    };
    private static final String[] HUNDREDS = {
        "", "sto", "dwieście", "trzysta", "czterysta", "pięćset", "sześćset", "siedemset", "osiemset", "dziewięćset"
    };
    private static final String[] ORDINALS = {
        "",
        "pierwszy",
        "drugi",
        "trzeci",
        "czwarty",
        "piąty",
        "szósty",
        "siódmy",
        "ósmy",
        "dziewiąty",
        "dziesiąty",
        "jedenasty",
        "dwunasty",
        "trzynasty",
        "czternasty",
        "piętnasty",
        "szesnasty",
        "siedemnasty",
        "osiemnasty",
        "dziewiętnasty"
    };
    private static final String[] TENS_ORDINAL = {
        "",
        "",
        "dwudziesty",
        "trzydziesty",
        "czterdziesty",
        "pięćdziesiąty",
        "sześćdziesiąty",
        "siedemdziesiąty",
        "osiemdziesiąty",
        "dziewięćdziesiąty"
    };
    private static final String[] HUNDREDS_ORDINAL = {
        "",
        "setny",
        "dwusetny",
        "trzysetny",
        "czterysetny",
        "pięćsetny",
        "sześćsetny",
        "siedemsetny",
        "osiemsetny",
        "dziewięćsetny"
    };
    /** Before "tysięczny" and its like; the spellings are the package's. */
    private static final String[] COUNTS = {
        "",
        "pierwszo",
        "dwu",
        "trzy",
        "cztero",
        "pięcio",
        "sześcio",
        "siedmio",
        "ośmio",
        "dziewięcio",
        "dziesięcio",
        "jedenasto",
        "dwunasto",
        "trzynasto",
        "czternasto",
        "piętnasto",
        "szesnasto",
        "siedemnasto",
        "osiemnasto",
        "dziewiętnasto"
    };

    private static final String[] TENS_COUNT = {
        "",
        "",
        "dwudziesto",
        "trzydiesto",
        "czterdziesto",
        "pięćdziesięcio",
        "sześćdziesięcio",
        "siedemdziesięcio",
        "osiemdziesięcio",
        "dziewięćdziesięcio"
    };
    private static final String[] HUNDREDS_COUNT = {
        "", "stu", "dwustu", "trzystu", "czterystu", "pięcset", "sześćset", "siedemset", "ośiemset", "dziewięćset"
    };
    /** Of the powers of a thousand. */
    private static final String[] ORDINAL_SCALES = {"", "tysięczny", "milionowy", "milairdowy"};
    /** Of the powers of a million. */
    private static final String[] ILLIONS = {
        "mi", "bi", "try", "kwadry", "kwinty", "seksty", "septy", "okty", "nony", "decy"
    };

    private static final String[] THOUSANDS = {"tysiąc", "tysiące", "tysięcy"};
    private static final String[] CENTS = {"cent", "centy", "centów"};

    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR, new MoneyWords.Forms(new String[] {"euro", "euro", "euro"}, CENTS),
                    Currency.USD,
                            new MoneyWords.Forms(
                                    new String[] {"dolar amerykański", "dolary amerykańskie", "dolarów amerykańskich"},
                                    CENTS)),
            count -> count.equals(BigInteger.ONE) ? 0 : form(count),
            ",");

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        if (value.signum() == 0) {
            return ONES[0];
        }
        var words = new ArrayList<String>();
        int[] triplets = Triplets.of(value);
        for (int power = triplets.length - 1; power >= 0; power--) {
            int triplet = triplets[power];
            if (triplet == 0) {
                continue;
            }
            int ones = triplet % 10;
            int tens = triplet / 10 % 10;
            if (triplet >= 100) {
                words.add(HUNDREDS[triplet / 100]);
            }
            if (tens > 1) {
                words.add(TENS[tens]);
            }
            if (tens == 1) {
                words.add(TEENS[ones]);
            } else if (ones > 0 && (power == 0 || triplet > 1)) {
                words.add(ONES[ones]);
            }
            if (power > 0) {
                words.add(scale(power, triplet));
            }
        }
        return String.join(" ", words);
    }

    private static String scale(int power, int triplet) throws UnreadableNumberException {
        int form = triplet == 1 ? 0 : form(BigInteger.valueOf(triplet));
        if (power == 1) {
            return THOUSANDS[form];
        }
        int million = (power - 2) / 2;
        if (million >= ILLIONS.length) {
            throw new UnreadableNumberException("too large");
        }
        return ILLIONS[million] + (power % 2 == 0 ? "lion" : "liard") + new String[] {"", "y", "ów"}[form];
    }

    /** Of any number but one: 1 from two to four, 2 else. */
    private static int form(BigInteger count) {
        int lastTwo = Triplets.lastTwoDigits(count);
        int ones = lastTwo % 10;
        return ones > 1 && ones < 5 && (lastTwo < 10 || lastTwo > 20) ? 1 : 2;
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        if (value.signum() == 0) {
            throw new UnreadableNumberException("no ordinal of zero");
        }
        int[] triplets = Triplets.of(value);
        int power = 0;
        while (triplets[power] == 0) {
            power++;
        }
        if (power >= ORDINAL_SCALES.length) {
            throw new UnreadableNumberException("too large for an ordinal");
        }
        int last = triplets[power];
        var words = new ArrayList<String>();
        if (triplets.length > power + 1) {
            BigInteger counted = BigInteger.valueOf(last).multiply(BigInteger.TEN.pow(3 * power));
            words.add(cardinal(value.subtract(counted)));
        }
        addLast(words, last, power > 0);
        String before = String.join(" ", words);
        return before + (last == 1 && power > 0 && !before.isEmpty() ? " " : "") + ORDINAL_SCALES[power];
    }

    private static void addLast(List<String> words, int triplet, boolean counts) throws UnreadableNumberException {
        int hundreds = triplet / 100;
        int lastTwo = triplet % 100;
        if (lastTwo == 0) {
            words.add((counts ? HUNDREDS_COUNT : HUNDREDS_ORDINAL)[hundreds]);
            return;
        }
        if (counts && triplet == 1) {
            return;
        }
        boolean two = lastTwo < 20 || lastTwo % 10 == 0;
        if (hundreds > 0) {
            if (two && counts) {
                throw new UnreadableNumberException("no count of so many hundreds");
            }
            words.add(HUNDREDS[hundreds]);
        }
        if (lastTwo < 20) {
            words.add((counts ? COUNTS : ORDINALS)[lastTwo]);
        } else if (two) {
            words.add((counts ? TENS_COUNT : TENS_ORDINAL)[lastTwo / 10]);
        } else {
            words.add(TENS_ORDINAL[lastTwo / 10]);
            words.add(ORDINALS[lastTwo % 10]);
        }
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        String text = PythonFloat.text(value);
        int point = text.indexOf('.');
        if (point < 0 || text.indexOf('e') >= 0) {
            throw new UnreadableNumberException("in powers of ten: " + text);
        }
        var words = new StringBuilder(cardinal(new BigInteger(text.substring(0, point)))).append(" przecinek ");
        String fraction = text.substring(point + 1);
        for (int i = 0; i < fraction.length() && fraction.charAt(i) == '0'; i++) {
            words.append("zero ");
        }
        return words.append(cardinal(new BigInteger(fraction))).toString();
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        return MONEY.write(amount, currency, this);
    }
}
