package acestep4j.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers in Arabic words: "خمسون", "الثالث". Every currency is called riyal and its hundredths halala, as the package has
 * it; it divides with 28 digits, which shows from there on. Immutable and thread-safe.
 */
final class ArabicNumbers implements NumberWords {
    private static final String[] ONES = {
        "",
        "واحد",
        "اثنان",
        "ثلاثة",
        "أربعة",
        "خمسة",
        "ستة",
        "سبعة",
        "ثمانية",
        "تسعة",
        "عشرة",
        "أحد عشر",
        "اثنا عشر",
        "ثلاثة عشر",
        "أربعة عشر",
        "خمسة عشر",
        "ستة عشر",
        "سبعة عشر",
        "ثمانية عشر",
        "تسعة عشر"
    };
    private static final String[] FEMININE_ONES = {
        "",
        "إحدى",
        "اثنتان",
        "ثلاث",
        "أربع",
        "خمس",
        "ست",
        "سبع",
        "ثمان",
        "تسع",
        "عشر",
        "إحدى عشرة",
        "اثنتا عشرة",
        "ثلاث عشرة",
        "أربع عشرة",
        "خمس عشرة",
        "ست عشرة",
        "سبع عشرة",
        "ثماني عشرة",
        "تسع عشرة"
    };
    private static final String[] ORDINALS = {
        "",
        "اول",
        "ثاني",
        "ثالث",
        "رابع",
        "خامس",
        "سادس",
        "سابع",
        "ثامن",
        "تاسع",
        "عاشر",
        "حادي عشر",
        "ثاني عشر",
        "ثالث عشر",
        "رابع عشر",
        "خامس عشر",
        "سادس عشر",
        "سابع عشر",
        "ثامن عشر",
        "تاسع عشر"
    };
    private static final String[] TENS = {
        "", "", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"
    };
    private static final String[] HUNDREDS = {
        "", "مائة", "مئتان", "ثلاثمائة", "أربعمائة", "خمسمائة", "ستمائة", "سبعمائة", "ثمانمائة", "تسعمائة"
    };
    /** Of the powers of a thousand. */
    private static final String[] SCALES = {
        "",
        "ألف",
        "مليون",
        "مليار",
        "تريليون",
        "كوادريليون",
        "كوينتليون",
        "سكستيليون",
        "سبتيليون",
        "أوكتيليون",
        "نونيليون",
        "ديسيليون",
        "أندسيليون",
        "دوديسيليون",
        "تريديسيليون",
        "كوادريسيليون",
        "كوينتينيليون"
    };

    private static final String AND = " و ";
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);
    private static final BigInteger TWENTY = BigInteger.valueOf(20);
    private static final BigInteger LIMIT = BigInteger.TEN.pow(51);
    private static final int PRECISION = 28;

    private static final String[] RIYALS = {"ريال", "ريالان", "ريالات", "ريالاً"};
    private static final String[] HALALAS = {"هللة", "هللتان", "هللات", "هللة"};
    private static final String[] NOTHING = {"", "", "", ""};

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        if (value.compareTo(LIMIT) >= 0) {
            throw new UnreadableNumberException("too large");
        }
        return PythonCharacters.strip(words(value.toString(), NOTHING, NOTHING, ",", false));
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        if (PythonFloat.whole(value).compareTo(LIMIT) >= 0) {
            throw new UnreadableNumberException("too large");
        }
        return PythonCharacters.strip(words(text(value), NOTHING, NOTHING, ",", false));
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        if (value.compareTo(TWENTY) < 0) {
            return ORDINALS[value.intValue()];
        }
        boolean feminine = value.compareTo(HUNDRED) < 0;
        return PythonCharacters.strip(words(value.toString(), NOTHING, NOTHING, ",", feminine));
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        return words(text(amount), RIYALS, HALALAS, "و", false);
    }

    /** Nine decimal places, rounded, without the zeros at their end. */
    private static String text(double value) {
        BigInteger whole = PythonFloat.whole(value);
        if (PythonFloat.isWhole(value)) {
            return whole.toString();
        }
        String billionths = Long.toString((long) Math.rint((value - Math.floor(value)) * 1e9));
        String digits = "0".repeat(Math.max(0, 9 - billionths.length())) + billionths;
        int end = digits.length();
        while (end > 0 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return whole + "." + digits.substring(0, end);
    }

    private static String words(String number, String[] units, String[] subunits, String separator, boolean feminine)
            throws UnreadableNumberException {
        if (new BigDecimal(number).signum() == 0) {
            return "صفر";
        }
        int point = number.indexOf('.');
        BigInteger whole = new BigInteger(point < 0 ? number : number.substring(0, point));
        int hundredths = point < 0 ? 0 : Integer.parseInt((number.substring(point + 1) + "00").substring(0, 2));
        var words = new StringBuilder(integer(number, whole, feminine));
        if (whole.signum() != 0) {
            int lastTwo = whole.mod(HUNDRED).intValue();
            words.append(lastTwo == 2 && !whole.equals(BigInteger.TWO) ? units[0] : units[form(lastTwo)]);
        }
        if (hundredths != 0) {
            words.append(' ').append(separator).append(' ').append(group(hundredths, 0, true, false));
            words.append(' ').append(subunits[form(hundredths)]);
        }
        return words.toString();
    }

    private static int form(int lastTwo) {
        if (lastTwo < 2) {
            return 0;
        }
        return lastTwo == 2 ? 1 : lastTwo <= 10 ? 2 : 3;
    }

    /** Followed by a space, unless it's empty. */
    private static String integer(String number, BigInteger whole, boolean feminine) throws UnreadableNumberException {
        boolean twoOfAScale = isTwoOfAScale(whole);
        String words = "";
        int precision = PRECISION;
        BigDecimal rest = new BigDecimal(number);
        for (int power = 0; rest.signum() > 0; power++) {
            if (rest.divideToIntegralValue(THOUSAND).toBigInteger().toString().length() > precision) {
                precision = rest.precision();
            }
            int triplet = rest.remainder(THOUSAND).intValue();
            rest = new BigDecimal(rest.divide(THOUSAND, new MathContext(precision, RoundingMode.HALF_EVEN))
                    .toBigInteger());
            if (triplet == 0) {
                continue;
            }
            if (power >= SCALES.length) {
                throw new UnreadableNumberException("too large");
            }
            if (power > 0) {
                words = scaled(triplet, power, words.isEmpty() ? words : "و " + words);
            }
            words = (triplet == 2 && power > 0 ? two(power, twoOfAScale) : group(triplet, power, feminine, true))
                    + ' '
                    + words;
        }
        return words;
    }

    /** 2 * 1000^n, n > 0. */
    private static boolean isTwoOfAScale(BigInteger value) {
        String digits = value.toString();
        return digits.length() > 1 && digits.length() % 3 == 1 && digits.equals("2" + "0".repeat(digits.length() - 1));
    }

    private static String scaled(int triplet, int power, String rest) {
        if (triplet <= 2) {
            return rest;
        }
        String scale = SCALES[power];
        if (triplet <= 10) {
            scale = plural(power);
        } else if (triplet % 100 != 1 && !rest.isEmpty()) {
            scale += "اً";
        }
        return scale + ' ' + rest;
    }

    private static String plural(int power) {
        return switch (power) {
            case 1 -> "آلاف";
            case 2 -> "ملايين";
            default -> SCALES[power] + "ات";
        };
    }

    /** The dual; two spellings end in a space. */
    private static String two(int power, boolean alone) {
        if (alone) {
            return SCALES[power] + "ا" + (power == 9 ? " " : "");
        }
        return SCALES[power] + "ان" + (power == 9 || power == 10 ? " " : "");
    }

    /** @param hasScale whether a 1 at its end, from a thousand on, is the scale's own name */
    private static String group(int triplet, int power, boolean feminine, boolean hasScale) {
        int hundreds = triplet / 100;
        int lastTwo = triplet % 100;
        if (lastTwo == 0) {
            return hundreds == 2 ? "مئتا" : HUNDREDS[hundreds];
        }
        String words = hundreds == 0 ? "" : HUNDREDS[hundreds] + AND;
        String[] ones = feminine && power == 0 ? FEMININE_ONES : ONES;
        if (lastTwo < 20) {
            return words + (lastTwo == 1 && power > 0 && hasScale ? SCALES[power] : ones[lastTwo]);
        }
        return words + (lastTwo % 10 == 0 ? "" : ones[lastTwo % 10] + AND) + TENS[lastTwo / 10];
    }
}
