package acestep4j.text;

/** Currencies that lyrics name by a symbol, in the order in which they are written out. */
enum Currency {
    GBP('£'),
    USD('$'),
    EUR('€');

    private final char symbol;

    Currency(char symbol) {
        this.symbol = symbol;
    }

    char symbol() {
        return symbol;
    }
}
