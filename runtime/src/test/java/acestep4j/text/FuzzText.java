package acestep4j.text;

import java.util.List;
import java.util.Random;

/** Text of every kind the rules look at, and of kinds they don't. */
final class FuzzText {
    private static final List<String> PARTS = List.of(
            "love ",
            "Mr. ",
            "st.",
            "1st ",
            "22nd",
            "1,000",
            "1,000,000.50 ",
            "$20",
            "20€",
            "£1.2.3",
            "12.5",
            "0.5",
            "7",
            "1234567",
            "⑥1234567⑥",
            "⑥$1000000⑥",
            "⑥$3000000",
            "⑥123456⑥",
            "⑥",
            "<zh>",
            "<>",
            "</>",
            "<date>",
            "2024/8/24 10:30",
            "<currency>",
            "</currency>",
            "<af|zh>",
            "\"",
            "'",
            "“",
            "”",
            "【",
            "】",
            "...",
            "?",
            " ",
            "\n",
            "\t",
            "\r",
            "我",
            "爱你",
            "東京",
            "ありがとう",
            "안녕",
            "สวัสดี",
            "ฉันเดิน",
            "Привет ",
            "مرحبا ",
            "नमस्ते ",
            "ñandú ",
            "straße ",
            "İ",
            "ΑΣ ",
            "ſt.",
            "🎵",
            "\0",
            "²",
            "٣٤",
            "\u2028",
            "\u00A0",
            "\u200D",
            "\u0301",
            "-",
            "|");

    private FuzzText() {}

    static String next(Random random, int longest) {
        var text = new StringBuilder();
        int length = random.nextInt(longest);
        while (text.length() < length) {
            switch (random.nextInt(8)) {
                case 0 -> text.append((char) (' ' + random.nextInt(95)));
                case 1 -> text.append((char) random.nextInt(0x10000));
                case 2 -> text.appendCodePoint(random.nextInt(0xD800));
                default -> text.append(PARTS.get(random.nextInt(PARTS.size())));
            }
        }
        return text.toString();
    }
}
