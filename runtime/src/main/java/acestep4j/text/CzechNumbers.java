package acestep4j.text;

import java.math.BigInteger;

/**
 * No numbers at all: the official code asks num2words for "cz", which since 0.5.13 knows Czech as "cs" only, so a Czech line
 * with digits keeps them. Stateless and thread-safe.
 */
final class CzechNumbers implements NumberWords {
    @Override
    public String cardinal(BigInteger value) throws UnreadableNumberException {
        throw new UnreadableNumberException("no Czech numbers");
    }

    @Override
    public String ordinal(BigInteger value) throws UnreadableNumberException {
        throw new UnreadableNumberException("no Czech numbers");
    }

    @Override
    public String decimal(double value) throws UnreadableNumberException {
        throw new UnreadableNumberException("no Czech numbers");
    }

    @Override
    public String money(double amount, Currency currency) throws UnreadableNumberException {
        throw new UnreadableNumberException("no Czech numbers");
    }
}
