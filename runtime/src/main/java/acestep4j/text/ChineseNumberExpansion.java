package acestep4j.text;

import acestep4j.text.ChineseNumbers.UnreadableException;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Finds what is written in figures in a Chinese line and puts words in its place: dates, amounts of money, telephone
 * numbers, fractions, percentages, counted things, long numbers digit by digit, other numbers; then every punctuation mark
 * becomes a comma. As the class TextNorm in acestep/models/lyrics_utils/zh_num2words.py at d612523 does it, whose quirk is
 * kept: a number that is found is written out where its digits occur first, be it inside another number. Stateless and
 * thread-safe.
 */
final class ChineseNumberExpansion {
    private static final String COUNTED_LOOSELY = "多余几";
    private static final String MONEY = "亿万千百元块角毛分";
    /** Measure words of one character. */
    private static final String MEASURES = "匹张座回场尾条个首阙阵网炮顶丘棵只支袭辆挑担颗壳窠曲墙群腔砣客贯扎捆刀令打手罗坡山岭江溪钟队单双对出口头脚板跳枝件贴针线管名位身堂课本页家户层"
            + "丝毫厘分钱两斤铢石钧锱忽寸尺丈里寻常铺程撮勺合升斗盘碗碟叠桶笼盆盒杯斛锅簋篮罐瓶壶卮盏箩箱煲啖袋钵年月日季刻时周天秒旬纪岁世更夜春夏秋冬代伏辈丸泡粒幢堆根道面片块";
    /** What may stand before 克 and before 米. */
    private static final String GRAM_PREFIXES = "千毫微";

    private static final String METRE_PREFIXES = "千分厘毫微";
    private static final String PUNCTUATION =
            "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃《》「」『』【】〔〕〖〗〘〙〚〛〜〝〞〟〰〾〿–—‘’‛“”„‟…‧﹏·〈〉"
                    + "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private static final int LONG_NUMBER = 4;
    private static final int LONGEST_NUMBER = 32;

    private ChineseNumberExpansion() {}

    /** @return the text unchanged where one of its numbers is too long to read, as the official code has it */
    static String expand(String text) {
        int[] worded = ("^" + text + "$").codePoints().toArray();
        try {
            worded = money(dates(worded));
            worded = landlinePhones(mobilePhones(worded));
            worded = percentages(fractions(worded));
            worded = numbers(longNumbers(countedThings(worded)));
        } catch (UnreadableException e) {
            return text;
        }
        return withCommas(lettersAroundTwo(worded));
    }

    /** {@code \D+((([089]\d|(19|20)\d{2})年)?(\d{1,2}月(\d{1,2}[日号])?)?)} */
    private static int[] dates(int[] text) throws UnreadableException {
        var worded = new FirstOccurrences(text, PythonCharacters::isDigit);
        int i = 0;
        while (i < text.length) {
            if (PythonCharacters.isDigit(text[i])) {
                i++;
                continue;
            }
            int start = skip(text, i, c -> !PythonCharacters.isDigit(c));
            int yearEnd = yearEnd(text, start);
            int monthEnd = unitEnd(text, yearEnd, "月");
            int end = monthEnd > yearEnd ? unitEnd(text, monthEnd, "日号") : yearEnd;
            if (end > start) {
                String year = yearEnd > start ? digitByDigit(text, start, yearEnd) + "年" : "";
                String month = monthEnd > yearEnd ? cardinal(text, yearEnd, monthEnd - 1) + "月" : "";
                String day =
                        end > monthEnd ? cardinal(text, monthEnd, end - 1) + Character.toString(text[end - 1]) : "";
                replace(worded, text, start, end, year + month + day);
            }
            i = end;
        }
        return worded.result();
    }

    private static int yearEnd(int[] text, int start) {
        int end = skipDigits(text, start, 5);
        if (end == text.length || text[end] != '年') {
            return start;
        }
        boolean shortYear = end == start + 2 && (text[start] == '0' || text[start] == '8' || text[start] == '9');
        boolean longYear = end == start + 4
                && (text[start] == '1' && text[start + 1] == '9' || text[start] == '2' && text[start + 1] == '0');
        return shortYear || longYear ? end + 1 : start;
    }

    /** One or two digits and a unit. */
    private static int unitEnd(int[] text, int start, String units) {
        int end = skipDigits(text, start, 3);
        boolean matches = end > start && end <= start + 2 && end < text.length && units.indexOf(text[end]) >= 0;
        return matches ? end + 1 : start;
    }

    /** {@code \D+((\d+(\.\d+)?)[多余几]?UNIT(\dUNIT?)?)} */
    private static int[] money(int[] text) throws UnreadableException {
        var worded = new FirstOccurrences(text, PythonCharacters::isDigit);
        int i = 0;
        while (i < text.length) {
            if (PythonCharacters.isDigit(text[i])) {
                i++;
                continue;
            }
            int start = skip(text, i, c -> !PythonCharacters.isDigit(c));
            int numberEnd = numberEnd(text, start);
            int unit = looselyEnd(text, numberEnd);
            int unitEnd = moneyUnitEnd(text, unit);
            if (numberEnd == start || unitEnd == unit) {
                i = start;
                continue;
            }
            String words = cardinal(text, start, numberEnd) + string(text, numberEnd, unitEnd);
            int end = unitEnd;
            if (end < text.length && PythonCharacters.isDigit(text[end])) {
                end = moneyUnitEnd(text, unitEnd + 1);
                words += cardinal(text, unitEnd, unitEnd + 1) + string(text, unitEnd + 1, end);
            }
            replace(worded, text, start, end, words);
            i = end;
        }
        return worded.result();
    }

    private static int moneyUnitEnd(int[] text, int start) {
        if (start >= text.length || MONEY.indexOf(text[start]) < 0) {
            return start;
        }
        boolean tenThousands =
                (text[start] == '千' || text[start] == '百') && start + 1 < text.length && text[start + 1] == '万';
        return start + (tenThousands ? 2 : 1);
    }

    /** {@code \D((\+?86 ?)?1([38]\d|5[0-35-9]|7[678]|9[89])\d{8})\D} */
    private static int[] mobilePhones(int[] text) {
        var worded = new FirstOccurrences(text, c -> c == '+' || PythonCharacters.isDigit(c));
        int i = 0;
        while (i < text.length) {
            int start = i + 1;
            int end = PythonCharacters.isDigit(text[i]) ? -1 : mobileEnd(text, start);
            if (end < 0) {
                i++;
                continue;
            }
            replace(worded, text, start, end, digitByDigit(text, start, end));
            i = end + 1;
        }
        return worded.result();
    }

    private static int mobileEnd(int[] text, int start) {
        int prefix = start < text.length && text[start] == '+' ? start + 1 : start;
        if (prefix + 2 < text.length && text[prefix] == '8' && text[prefix + 1] == '6') {
            int number = text[prefix + 2] == ' ' ? prefix + 3 : prefix + 2;
            if (isMobile(text, number)) {
                return number + 11;
            }
        }
        return isMobile(text, start) ? start + 11 : -1;
    }

    private static boolean isMobile(int[] text, int start) {
        if (skipDigits(text, start, 12) != start + 11 || start + 11 == text.length || text[start] != '1') {
            return false;
        }
        int third = text[start + 2];
        return switch (text[start + 1]) {
            case '3', '8' -> true;
            case '5' -> third >= '0' && third <= '9' && third != '4';
            case '7' -> third >= '6' && third <= '8';
            case '9' -> third == '8' || third == '9';
            default -> false;
        };
    }

    /** {@code \D((0(10|2[1-3]|[3-9]\d{2})-?)?[1-9]\d{6,7})\D} */
    private static int[] landlinePhones(int[] text) {
        var worded = new FirstOccurrences(text, PythonCharacters::isDigit);
        int i = 0;
        while (i < text.length) {
            int start = i + 1;
            int end = PythonCharacters.isDigit(text[i]) ? -1 : landlineEnd(text, start);
            if (end < 0) {
                i++;
                continue;
            }
            replace(worded, text, start, end, digitByDigit(text, start, end));
            i = end + 1;
        }
        return worded.result();
    }

    private static int landlineEnd(int[] text, int start) {
        int number = areaEnd(text, start);
        if (number > start && number < text.length && text[number] == '-') {
            number++;
        }
        int end = skipDigits(text, number, 9);
        boolean fits = end < text.length
                && (end == number + 7 || end == number + 8)
                && text[number] >= '1'
                && text[number] <= '9';
        return fits ? end : -1;
    }

    private static int areaEnd(int[] text, int start) {
        int end = skipDigits(text, start, 4);
        if (end < start + 3 || text[start] != '0') {
            return start;
        }
        int second = text[start + 1];
        int third = text[start + 2];
        if (second == '1' && third == '0' || second == '2' && third >= '1' && third <= '3') {
            return start + 3;
        }
        return second >= '3' && second <= '9' && end == start + 4 ? end : start;
    }

    /** {@code \d+/\d+} */
    private static int[] fractions(int[] text) throws UnreadableException {
        var worded = new StringBuilder(text.length);
        int i = 0;
        while (i < text.length) {
            int slash = skipDigits(text, i);
            int end = slash > i && slash < text.length && text[slash] == '/' ? skipDigits(text, slash + 1) : slash;
            if (end > slash + 1) {
                worded.append(cardinal(text, slash + 1, end)).append("分之").append(cardinal(text, i, slash));
                i = end;
            } else {
                end = Math.max(slash, i + 1);
                worded.append(string(text, i, end));
                i = end;
            }
        }
        return worded.codePoints().toArray();
    }

    /** {@code \d+(\.\d+)?%} */
    private static int[] percentages(int[] text) throws UnreadableException {
        var worded = new StringBuilder(text.length);
        int i = 0;
        while (i < text.length) {
            int end = numberEnd(text, i);
            if (end > i && end < text.length && (text[end] == '%' || text[end] == '％')) {
                worded.append("百分之").append(cardinal(text, i, end));
                i = end + 1;
            } else {
                end = Math.max(skipDigits(text, i), i + 1);
                worded.append(string(text, i, end));
                i = end;
            }
        }
        return worded.toString().replace('％', '%').codePoints().toArray();
    }

    /** {@code (\d+(\.\d+)?)[多余几]?MEASURE} */
    private static int[] countedThings(int[] text) throws UnreadableException {
        var worded = new FirstOccurrences(text, PythonCharacters::isDigit);
        int i = 0;
        while (i < text.length) {
            int end = numberEnd(text, i);
            if (end == i) {
                i++;
            } else if (isMeasure(text, end) || isMeasure(text, looselyEnd(text, end))) {
                replace(worded, text, i, end, cardinal(text, i, end));
                i = end;
            } else {
                i = skipDigits(text, i);
            }
        }
        return worded.result();
    }

    private static boolean isMeasure(int[] text, int index) {
        if (index >= text.length) {
            return false;
        }
        int next = index + 1 < text.length ? text[index + 1] : 0;
        return MEASURES.indexOf(text[index]) >= 0
                || next == '克' && GRAM_PREFIXES.indexOf(text[index]) >= 0
                || next == '米' && METRE_PREFIXES.indexOf(text[index]) >= 0;
    }

    /** {@code \d{4,32}} */
    private static int[] longNumbers(int[] text) {
        var worded = new StringBuilder(text.length);
        int i = 0;
        while (i < text.length) {
            int end = skipDigits(text, i, LONGEST_NUMBER);
            if (end - i >= LONG_NUMBER) {
                worded.append(digitByDigit(text, i, end));
            } else {
                end = Math.max(end, i + 1);
                worded.append(string(text, i, end));
            }
            i = end;
        }
        return worded.codePoints().toArray();
    }

    /** {@code \d+(\.\d+)?} */
    private static int[] numbers(int[] text) throws UnreadableException {
        var worded = new StringBuilder(text.length);
        int i = 0;
        while (i < text.length) {
            int end = numberEnd(text, i);
            if (end > i) {
                worded.append(cardinal(text, i, end));
                i = end;
            } else {
                worded.appendCodePoint(text[i++]);
            }
        }
        return worded.codePoints().toArray();
    }

    /** {@code [a-zA-Z]+二[a-zA-Z]+}: names such as p2p get their 2 back. */
    private static int[] lettersAroundTwo(int[] text) {
        var worded = new FirstOccurrences(text, c -> c == '二');
        int i = 0;
        while (i < text.length) {
            int two = skip(text, i, PythonCharacters::isAsciiLetter);
            int end = two > i && two < text.length && text[two] == '二'
                    ? skip(text, two + 1, PythonCharacters::isAsciiLetter)
                    : two;
            if (end > two + 1) {
                worded.replace(Arrays.copyOfRange(text, i, end), two - i, two - i + 1, "2");
                i = end;
            } else {
                i = Math.max(two, i + 1);
            }
        }
        return worded.result();
    }

    private static String withCommas(int[] text) {
        int start = skip(text, 0, c -> c == '^');
        int end = text.length;
        while (end > start && text[end - 1] == '$') {
            end--;
        }
        var worded = new StringBuilder(text.length);
        for (int i = start; i < end; i++) {
            worded.appendCodePoint(PUNCTUATION.indexOf(text[i]) >= 0 ? ',' : text[i]);
        }
        return worded.toString();
    }

    /** The end of {@code (\d+(\.\d+)?)}; the start where there is no number. */
    private static int numberEnd(int[] text, int start) {
        int end = skipDigits(text, start);
        if (end > start && end < text.length && text[end] == '.') {
            int fractionEnd = skipDigits(text, end + 1);
            return fractionEnd > end + 1 ? fractionEnd : end;
        }
        return end;
    }

    private static int looselyEnd(int[] text, int start) {
        return start < text.length && COUNTED_LOOSELY.indexOf(text[start]) >= 0 ? start + 1 : start;
    }

    private static int skipDigits(int[] text, int start) {
        return skipDigits(text, start, text.length);
    }

    private static int skipDigits(int[] text, int start, int most) {
        int end = start;
        while (end < text.length && end - start < most && PythonCharacters.isDigit(text[end])) {
            end++;
        }
        return end;
    }

    private static int skip(int[] text, int from, IntPredicate members) {
        int i = from;
        while (i < text.length && members.test(text[i])) {
            i++;
        }
        return i;
    }

    private static void replace(FirstOccurrences worded, int[] text, int start, int end, String with) {
        worded.replace(Arrays.copyOfRange(text, start, end), 0, end - start, with);
    }

    private static String cardinal(int[] text, int start, int end) throws UnreadableException {
        return ChineseNumbers.cardinal(Arrays.copyOfRange(text, start, end));
    }

    private static String digitByDigit(int[] text, int start, int end) {
        return ChineseNumbers.digitByDigit(Arrays.copyOfRange(text, start, end));
    }

    private static String string(int[] text, int start, int end) {
        return new String(text, start, end - start);
    }
}
