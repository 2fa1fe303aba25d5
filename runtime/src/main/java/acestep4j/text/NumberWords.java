package acestep4j.text;

import java.math.BigInteger;

/**
 * Numbers in the words of one language, worded as the Python package num2words 0.5.14 words them, slips included. Every
 * method throws where the package raises an error. Implementations are immutable and thread-safe.
 */
interface NumberWords {
    /** @param value not negative */
    String cardinal(BigInteger value) throws UnreadableNumberException;

    /** @param value not negative */
    String ordinal(BigInteger value) throws UnreadableNumberException;

    /** @param value finite, not negative; may be whole */
    String decimal(double value) throws UnreadableNumberException;

    /**
     * @param amount finite, not negative
     * @return with the cents, also where there are none
     */
    String money(double amount, Currency currency) throws UnreadableNumberException;
}
