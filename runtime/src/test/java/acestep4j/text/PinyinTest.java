package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.BundleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected readings from pypinyin 0.53.0. */
class PinyinTest {
    private final Pinyin pinyin = Pinyin.load(SmallTokenizers.PINYIN);

    @ParameterizedTest
    @CsvSource({
        "你好吗,ni3hao3ma5",
        "银行行长,yin2xing2xing2zhang3",
        "重庆重新,chong2qing4chong2xin1",
        "金融行业,jin1rong2hang2ye4",
        "一不做二不休,yi1bu4zuo4er4bu4xiu1",
        "a我b,awo3b",
        "女略,nv3lve4",
        "裏裡,li3li3",
        "한あ!,한あ!",
        "鿿,鿿5",
    })
    void readsAsPypinyinDoes(String text, String expected) {
        assertEquals(expected, pinyin.read(text));
    }

    @Test
    void refusesADamagedFile(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(SmallTokenizers.PINYIN);
        Path file = folder.resolve("pinyin.bin");
        for (int length : new int[] {0, 7, 8, 100, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(BundleException.class, () -> Pinyin.load(file), length + " bytes");
        }
        Files.write(file, new byte[100]);
        var error = assertThrows(BundleException.class, () -> Pinyin.load(file));
        assertEquals(file + ": no pinyin dictionary of this version; export the bundle again", error.getMessage());
    }
}
