package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected words from num2words 0.5.14. */
class EnglishNumbersTest {
    private final EnglishNumbers numbers = new EnglishNumbers();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|zero",
                "007|seven",
                "21|twenty-one",
                "100|one hundred",
                "342|three hundred and forty-two",
                "1001|one thousand and one",
                "1100|one thousand, one hundred",
                "1000100|one million, one hundred",
                "12000000000000000000099|twelve sextillion and ninety-nine",
            })
    void cardinals(String digits, String words) throws Exception {
        assertEquals(words, numbers.cardinal(new BigInteger(digits)));
    }

    @ParameterizedTest
    @CsvSource({"0,zeroth", "1,first", "12,twelfth", "20,twentieth", "33,thirty-third", "100,one hundredth"})
    void ordinals(String digits, String words) throws Exception {
        assertEquals(words, numbers.ordinal(new BigInteger(digits)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.0|one",
                "0.1|zero point one",
                "12.50|twelve point five",
                "3.14159|three point one four one five nine",
                "0.00001234|zero point zero zero zero zero one two three four",
                "2.2250738585072011|two point two two five zero seven three eight five eight five zero seven two zero zero",
                "1000000000000000000000000.5|nine hundred and ninety-nine sextillion, nine hundred and ninety-nine "
                        + "quintillion, nine hundred and ninety-nine quadrillion, nine hundred and ninety-nine trillion, "
                        + "nine hundred and ninety-nine billion, nine hundred and eighty-three million, two hundred and "
                        + "twenty-two thousand, seven hundred and eighty-four",
            })
    void decimals(String amount, String words) throws Exception {
        assertEquals(words, numbers.decimal(Double.parseDouble(amount)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|USD|one dollar, zero cents",
                "1.01|USD|one dollar, one cent",
                "2.5|GBP|two pounds sterling, fifty pence",
                "19.999|EUR|twenty euro, zero cents",
                "0.005|USD|zero dollars, one cent",
                "1200|GBP|one thousand, two hundred pounds sterling, zero pence",
            })
    void money(String amount, Currency currency, String words) throws Exception {
        assertEquals(words, numbers.money(Double.parseDouble(amount), currency));
    }

    @Test
    void namesNothingFrom10ToThe306On() throws Exception {
        String largest = "9".repeat(306);
        assertEquals(
                "nine hundred and ninety-nine centillion",
                numbers.cardinal(new BigInteger(largest)).substring(0, 39));
        assertThrows(UnreadableNumberException.class, () -> numbers.cardinal(new BigInteger("1" + "0".repeat(306))));
        assertThrows(
                UnreadableNumberException.class,
                () -> numbers.decimal(Double.parseDouble("0." + "0".repeat(320) + "1")));
        assertThrows(
                UnreadableNumberException.class,
                () -> numbers.money(Double.parseDouble("1" + "0".repeat(26)), Currency.USD));
    }
}
