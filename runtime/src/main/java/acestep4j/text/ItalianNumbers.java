package acestep4j.text;

import java.math.BigInteger;
import java.util.Map;

/** Numbers in Italian words: "dodici virgola cinque", "ventunesimo". Immutable and thread-safe. */
final class ItalianNumbers implements NumberWords {
    private static final String[] BELOW_TWENTY = {
        "zero",
        "uno",
        "due",
        "tre",
        "quattro",
        "cinque",
        "sei",
        "sette",
        "otto",
        "nove",
        "dieci",
        "undici",
        "dodici",
        "tredici",
        "quattordici",
        "quindici",
        "sedici",
        "diciassette",
        "diciotto",
        "diciannove"
    };
    private static final String[] ORDINALS = {
        "zero",
        "primo",
        "secondo",
        "terzo",
        "quarto",
        "quinto",
        "sesto",
        "settimo",
        "ottavo",
        "nono",
        "decimo",
        "undicesimo",
        "dodicesimo",
        "tredicesimo",
        "quattordicesimo",
        "quindicesimo",
        "sedicesimo",
        "diciassettesimo",
        "diciottesimo",
        "diciannovesimo"
    };
    private static final String[] TENS = {
        "", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"
    };
    private static final String[] ILLIONS = {"", "m", "b", "tr", "quadr", "quint", "sest", "sett", "ott", "nov", "dec"};
    private static final int MOST_DIGITS = 65;
    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    private static final MoneyWords MONEY = new MoneyWords(
            Map.of(
                    Currency.EUR, MoneyWords.Forms.of("euro", "euro", "centesimo", "centesimi"),
                    Currency.GBP, MoneyWords.Forms.of("sterlina", "sterline", "penny", "penny"),
                    Currency.USD, MoneyWords.Forms.of("dollaro", "dollari", "centesimo", "centesimi")),
            MoneyWords.Plural.ONE_OR_MORE,
            " e");

    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        return value.compareTo(MILLION) < 0 ? belowMillion(value.intValue()) : large(value);
    }

    private static String belowMillion(int value) {
        if (value < 20) {
            return BELOW_TWENTY[value];
        }
        String words;
        if (value < 100) {
            words = contract(TENS[value / 10] + unlessZero(value % 10));
        } else if (value < 1000) {
            words = contract((value < 200 ? "" : BELOW_TWENTY[value / 100]) + "cento" + unlessZero(value % 100));
        } else {
            words = (value < 2000 ? "mille" : belowMillion(value / 1000) + "mila") + unlessZero(value % 1000);
        }
        return accentuate(words);
    }

    private static String unlessZero(int value) {
        return value == 0 ? "" : belowMillion(value);
    }

    private String large(BigInteger value) throws UnreadableNumberException {
        String digits = value.toString();
        if (digits.length() > MOST_DIGITS) {
            throw new UnreadableNumberException("too large");
        }
        int countDigits = digits.length() % 3 == 0 ? 3 : digits.length() % 3;
        int power = digits.length() - countDigits;
        String scale = ILLIONS[power / 6] + (power % 6 == 0 ? "ilione" : "iliardo");
        int count = Integer.parseInt(digits.substring(0, countDigits));
        String words = countDigits == 1 && count == 1
                ? "un " + scale
                : belowMillion(count) + ' ' + scale.substring(0, scale.length() - 1) + 'i';
        BigInteger rest = new BigInteger(digits.substring(countDigits));
        if (rest.signum() != 0) {
            String restWords = cardinal(rest);
            words += (restWords.contains(" e ") ? ", " : " e ") + restWords;
        }
        return accentuate(words);
    }

    private static String contract(String words) {
        return words.replace("oo", "o")
                .replace("ao", "o")
                .replace("io", "o")
                .replace("au", "u")
                .replace("iu", "u");
    }

    /** An accent on each word that ends in "tre", and none within words. */
    private static String accentuate(String words) {
        var accentuated = new StringBuilder();
        for (String word : words.split(" ")) {
            String bare = word.replace("tré", "tre");
            boolean composed = word.endsWith("tre") && word.length() > 3;
            accentuated
                    .append(accentuated.length() == 0 ? "" : " ")
                    .append(composed ? bare.substring(0, bare.length() - 1) + 'é' : bare);
        }
        return accentuated.toString();
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        int tens = value.mod(HUNDRED).intValue();
        boolean teen = tens > 10 && tens < 20;
        if (value.bitLength() < 31 && value.intValue() < 20) {
            return ORDINALS[value.intValue()];
        }
        String words = cardinal(value);
        String stem = words.substring(0, words.length() - 1);
        if (!teen && tens % 10 == 3) {
            return stem + "eesimo";
        }
        if (!teen && tens % 10 == 6) {
            return words + "esimo";
        }
        return stem + (stem.endsWith("mil") ? "l" : "") + "esimo";
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        String text = PythonFloat.text(value);
        int point = text.indexOf('.');
        if (point < 0 || text.indexOf('e') >= 0) {
            throw new UnreadableNumberException("in powers of ten: " + text);
        }
        var words = new StringBuilder(cardinal(PythonFloat.whole(value))).append(" virgola");
        for (int i = point + 1; i < text.length(); i++) {
            words.append(' ').append(BELOW_TWENTY[text.charAt(i) - '0']);
        }
        return accentuate(words.toString());
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        String words = MONEY.write(amount, currency, this);
        if (currency == Currency.GBP && words.startsWith("uno ")) {
            words = "una" + words.substring("uno".length());
        }
        return words.replace("uno", "un");
    }
}
