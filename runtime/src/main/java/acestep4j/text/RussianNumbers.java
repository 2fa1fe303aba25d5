package acestep4j.text;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Numbers in Russian words: "двенадцать целых пять десятых", "двадцать первый". Ordinals are masculine; thousands that end
 * one are one word with their count: "двухтысячный". Immutable and thread-safe.
 */
final class RussianNumbers implements NumberWords {
    private static final String[] ONES = {
        "ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"
    };
    private static final String[] ONES_GENITIVE = {
        "ноля", "одного", "двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти"
    };
    private static final String[] ONES_ORDINAL = {
        "нулевой", "первый", "второй", "третий", "четвёртый", "пятый", "шестой", "седьмой", "восьмой", "девятый"
    };
    /** Without the last letter, which is ь, и in the genitive, and ый in ordinals. */
    private static final String[] TEENS = {
        "десят",
        "одиннадцат",
        "двенадцат",
        "тринадцат",
        "четырнадцат",
        "пятнадцат",
        "шестнадцат",
        "семнадцат",
        "восемнадцат",
        "девятнадцат"
    };

    private static final String[] TENS = {
        "", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"
    };
    /** Within a joined ordinal: genitives, but for ninety. */
    private static final String[] TENS_JOINED = {
        "", "", "двадцати", "тридцати", "сорока", "пятидесяти", "шестидесяти", "семидесяти", "восьмидесяти", "девяносто"
    };

    private static final String[] TENS_ORDINAL = {
        "",
        "",
        "двадцатый",
        "тридцатый",
        "сороковой",
        "пятидесятый",
        "шестидесятый",
        "семидесятый",
        "восьмидесятый",
        "девяностый"
    };
    private static final String[] HUNDREDS = {
        "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот"
    };
    /** Genitives, but for one hundred. */
    private static final String[] HUNDREDS_JOINED = {
        "", "сто", "двухсот", "трёхсот", "четырёхсот", "пятисот", "шестисот", "семисот", "восьмисот", "девятисот"
    };
    /** Names of the powers of a thousand, from a million on. */
    private static final String[] SCALES = {
        "миллион",
        "миллиард",
        "триллион",
        "квадриллион",
        "квинтиллион",
        "секстиллион",
        "септиллион",
        "октиллион",
        "нониллион"
    };

    private static final String[] THOUSANDS = {"тысяча", "тысячи", "тысяч"};
    private static final String[] POINT = {"целая", "целых", "целых"};

    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR,
                            new MoneyWords.Forms(
                                    new String[] {"евро", "евро", "евро"}, new String[] {"цент", "цента", "центов"}),
                    Currency.USD,
                            new MoneyWords.Forms(
                                    new String[] {"доллар", "доллара", "долларов"},
                                    new String[] {"цент", "цента", "центов"})),
            count -> form(Triplets.lastTwoDigits(count)),
            ",");

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        return cardinal(value, false);
    }

    private static String cardinal(BigInteger value, boolean feminine) throws UnreadableNumberException {
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
            addCardinal(words, triplet, power == 1 || feminine);
            if (power > 0) {
                words.add(scale(power, triplet));
            }
        }
        return String.join(" ", words);
    }

    private static void addCardinal(List<String> words, int triplet, boolean feminine) {
        int ones = triplet % 10;
        int tens = triplet / 10 % 10;
        if (triplet >= 100) {
            words.add(HUNDREDS[triplet / 100]);
        }
        if (tens > 1) {
            words.add(TENS[tens]);
        }
        if (tens == 1) {
            words.add(TEENS[ones] + "ь");
        } else if (ones > 0) {
            words.add(one(ones, feminine));
        }
    }

    private static String one(int ones, boolean feminine) {
        if (feminine && ones <= 2) {
            return ones == 1 ? "одна" : "две";
        }
        return ONES[ones];
    }

    private static String scale(int power, int triplet) throws UnreadableNumberException {
        int form = form(triplet % 100);
        return power == 1 ? THOUSANDS[form] : stem(power) + new String[] {"", "а", "ов"}[form];
    }

    private static String stem(int power) throws UnreadableNumberException {
        if (power - 2 >= SCALES.length) {
            throw new UnreadableNumberException("too large");
        }
        return SCALES[power - 2];
    }

    private static int form(int lastTwoDigits) {
        int ones = lastTwoDigits % 10;
        if (lastTwoDigits > 10 && lastTwoDigits < 15 || ones == 0 || ones > 4) {
            return 2;
        }
        return ones == 1 ? 0 : 1;
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        if (value.signum() == 0) {
            return ONES_ORDINAL[0];
        }
        var words = new ArrayList<String>();
        int[] triplets = Triplets.of(value);
        int last = 0;
        while (triplets[last] == 0) {
            last++;
        }
        for (int power = triplets.length - 1; power >= last; power--) {
            int triplet = triplets[power];
            if (triplet == 0) {
                continue;
            }
            if (last > 0 && power == last) {
                words.add(joined(triplet) + ordinalStem(power) + "ый");
                continue;
            }
            addOrdinal(words, triplet, power);
            if (power > 0) {
                words.add(scale(power, triplet));
            }
        }
        return String.join(" ", words);
    }

    /** The last word that fits is an ordinal, also where a scale follows. */
    private static void addOrdinal(List<String> words, int triplet, int power) {
        int ones = triplet % 10;
        int tens = triplet / 10 % 10;
        int hundreds = triplet / 100;
        if (hundreds > 0) {
            words.add(triplet % 100 == 0 ? ordinalHundred(hundreds) : HUNDREDS[hundreds]);
        }
        if (tens > 1) {
            words.add(ones == 0 ? TENS_ORDINAL[tens] : TENS[tens]);
        }
        if (tens == 1) {
            words.add(TEENS[ones] + "ый");
        } else if (ones > 0 && power == 0) {
            words.add(ONES_ORDINAL[ones]);
        } else if (ones > 0 && triplet != 1) {
            words.add(one(ones, power == 1));
        }
    }

    private static String ordinalHundred(int hundreds) {
        return (hundreds == 1 ? "сот" : HUNDREDS_JOINED[hundreds]) + "ый";
    }

    private static String joined(int triplet) {
        int ones = triplet % 10;
        int tens = triplet / 10 % 10;
        String words = HUNDREDS_JOINED[triplet / 100] + TENS_JOINED[tens];
        if (tens == 1) {
            return words + TEENS[ones] + "и";
        }
        if (ones == 0 || triplet == 1) {
            return words;
        }
        return words + (ones == 1 ? "одно" : ONES_GENITIVE[ones]);
    }

    private static String ordinalStem(int power) throws UnreadableNumberException {
        return power == 1 ? "тысячн" : stem(power) + "н";
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        String text = PythonFloat.text(value);
        int point = text.indexOf('.');
        if (point < 0 || text.indexOf('e') >= 0) {
            throw new UnreadableNumberException("in powers of ten: " + text);
        }
        BigInteger whole = new BigInteger(text.substring(0, point));
        String fraction = text.substring(point + 1);
        return cardinal(whole, true)
                + ' '
                + POINT[form(Triplets.lastTwoDigits(whole))]
                + ' '
                + cardinal(new BigInteger(fraction), true)
                + ' '
                + denominator(fraction);
    }

    /** Tenths, hundredths, thousandths, ... */
    private static String denominator(String fraction) throws UnreadableNumberException {
        int places = fraction.length();
        boolean one = fraction.endsWith("1") && !fraction.endsWith("11");
        String stem =
                switch (places) {
                    case 1 -> "десят";
                    case 2 -> "сот";
                    default -> new String[] {"", "десяти", "сто"}[places % 3] + ordinalStem(places / 3);
                };
        return stem + (one ? "ая" : "ых");
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        return MONEY.write(amount, currency, this);
    }
}
