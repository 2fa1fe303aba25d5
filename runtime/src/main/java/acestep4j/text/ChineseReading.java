package acestep4j.text;

import java.util.regex.Pattern;

/**
 * Reads the content of the tags {@code <number>}, {@code <telephone>}, {@code <currency>} and {@code <date>} in Chinese, as
 * the language detection does before it counts characters: class LangSSML of acestep/language_segmentation/LangSegment.py at
 * d612523.
 */
final class ChineseReading {
    private static final String DIGITS = "零一二三四五六七八九";
    private static final int[] POWERS = {8, 4, 3, 2, 1};
    private static final String UNITS = "亿万千百十";
    /** Beyond it Python's recursion ends in an error. */
    private static final int MOST_DIGITS = 7800;

    private static final Pattern DATE_SEPARATOR = Pattern.compile("[/._|年月]");
    private static final Pattern TIME_SEPARATOR = Pattern.compile("[/.\\-：_]");
    private static final Pattern DATE_UNITS = Pattern.compile("[年|月日]*([年|月日])");
    private static final Pattern TIME_UNITS = Pattern.compile("[点|分秒]*([点|分秒])");

    private ChineseReading() {}

    static boolean isNamed(String name) {
        return switch (name) {
            case "number", "telephone", "currency", "date" -> true;
            default -> false;
        };
    }

    static int[] read(String name, int[] content) throws UnsegmentableLineException {
        String text = new String(content, 0, content.length);
        String reading =
                switch (name) {
                    case "number" -> digitByDigit(text);
                    case "telephone" -> digitByDigit(text.replace("+86", "")).replace('一', '幺');
                    case "currency" -> amounts(text);
                    default -> date(text);
                };
        return reading.codePoints().toArray();
    }

    private static String digitByDigit(String text) {
        var reading = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (PythonCharacters.isAsciiDigit(c)) {
                reading.append(DIGITS.charAt(c - '0'));
            } else if (!PythonCharacters.isDigit(c)) {
                reading.appendCodePoint(c == '.' ? '点' : c);
            }
        });
        return reading.toString();
    }

    private static String amounts(String text) throws UnsegmentableLineException {
        int[] codePoints = text.codePoints().toArray();
        var reading = new StringBuilder();
        int i = 0;
        while (i < codePoints.length) {
            if (!PythonCharacters.isDigit(codePoints[i])) {
                reading.appendCodePoint(codePoints[i] == '.' ? '点' : codePoints[i]);
                i++;
                continue;
            }
            var digits = new StringBuilder();
            for (; i < codePoints.length && PythonCharacters.isDigit(codePoints[i]); i++) {
                if (!PythonCharacters.isAsciiDigit(codePoints[i]) || digits.length() == MOST_DIGITS) {
                    throw new UnsegmentableLineException("digits the official code can't read");
                }
                digits.append((char) codePoints[i]);
            }
            reading.append(cardinal(digits.toString()));
        }
        return reading.toString();
    }

    private static String cardinal(String digits) {
        String significant = withoutLeadingZeros(digits);
        if (significant.isEmpty()) {
            return "零";
        }
        String reading = symbols(significant);
        return reading.startsWith("一十") ? reading.substring(1) : reading;
    }

    private static String symbols(String digits) {
        String significant = withoutLeadingZeros(digits);
        if (significant.isEmpty()) {
            return "";
        }
        if (significant.length() == 1) {
            String digit = DIGITS.substring(significant.charAt(0) - '0', significant.charAt(0) - '0' + 1);
            return significant.length() < digits.length() ? "零" + digit : digit;
        }
        int unit = 0;
        while (POWERS[unit] >= significant.length()) {
            unit++;
        }
        int split = digits.length() - POWERS[unit];
        return symbols(digits.substring(0, split)) + UNITS.charAt(unit) + symbols(digits.substring(split));
    }

    private static String withoutLeadingZeros(String digits) {
        int start = 0;
        while (start < digits.length() && digits.charAt(start) == '0') {
            start++;
        }
        return digits.substring(start);
    }

    private static String date(String text) throws UnsegmentableLineException {
        if (PythonCharacters.strip(text).isEmpty()) {
            return "";
        }
        String[] words =
                DATE_SEPARATOR.matcher(text).replaceAll("-").replace("日", "").split(" ", -1);
        boolean timeOnly = words.length == 1 && words[0].contains(":");
        String day = timeOnly ? "" : yearMonthDay(words[0]);
        String time = timeOnly ? words[0] : words.length > 1 ? words[1] : "";
        return day + hoursMinutesSeconds(time);
    }

    private static String yearMonthDay(String date) throws UnsegmentableLineException {
        String[] parts = date.split("-", -1);
        String first = parts[0];
        boolean startsWithYear = first.codePointCount(0, first.length()) == 4;
        String year = "";
        String month = "";
        String day = "";
        if (parts.length == 3) {
            year = first;
            month = parts[1];
            day = parts[2];
        } else if (parts.length == 2) {
            year = startsWithYear ? first : "";
            month = startsWithYear ? parts[1] : first;
            day = startsWithYear ? "" : parts[1];
        } else if (startsWithYear) {
            year = first;
        } else {
            day = first;
        }
        String reading = unlessEmpty(digitByDigit(year), "年")
                + unlessEmpty(amounts(month), "月")
                + unlessEmpty(amounts(day), "日");
        return DATE_UNITS.matcher(reading).replaceAll("$1");
    }

    private static String hoursMinutesSeconds(String time) throws UnsegmentableLineException {
        String[] parts = TIME_SEPARATOR.matcher(time).replaceAll(":").split(":", -1);
        String reading = parts[0].isEmpty() ? "" : parts[0] + "点";
        if (parts.length > 1) {
            boolean clock = parts.length <= 3;
            reading = unlessEmpty(amounts(clock ? parts[0] : reading), "点")
                    + unlessEmpty(clock ? amounts(parts[1]) : "", "分")
                    + unlessEmpty(parts.length == 3 ? amounts(parts[2]) : "", "秒");
        }
        return TIME_UNITS.matcher(reading).replaceAll("$1");
    }

    private static String unlessEmpty(String number, String unit) {
        return number.isEmpty() || number.equals("0") ? "" : number + unit;
    }
}
