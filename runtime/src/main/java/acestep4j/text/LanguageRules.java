package acestep4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How one language writes out abbreviations, symbols and numbers, as the tables of
 * acestep/models/lyrics_utils/lyric_tokenizer.py at d612523 have it. Immutable and thread-safe.
 *
 * @param abbreviations in the order in which they are expanded
 * @param abbreviationsEndInStop whether a full stop belongs to each; otherwise they end where a word ends
 * @param symbols in the order in which they are expanded
 * @param ordinalSuffixes what makes the number before it an ordinal, the first that fits
 * @param ordinalStop whether a full stop does so too, at the end of the line or before a space
 * @param beforeCents what stands before the cents of an amount; with it they go where there are none
 * @param dottedCapitalI whether İ is the capital of i
 */
record LanguageRules(
        List<Abbreviation> abbreviations,
        boolean abbreviationsEndInStop,
        List<Symbol> symbols,
        Thousands thousands,
        List<String> ordinalSuffixes,
        boolean ordinalStop,
        boolean readsDecimals,
        String beforeCents,
        boolean dottedCapitalI,
        NumberWords numbers) {

    /** What separates thousands. With full stops any character holds a number together, but only full stops go. */
    enum Thousands {
        COMMA,
        FULL_STOP
    }

    record Abbreviation(String letters, String meaning) {}

    record Symbol(String symbol, String meaning) {}

    private static final String[] SYMBOLS = {"&", "@", "%", "#", "$", "£", "°"};

    static final Map<String, LanguageRules> BY_LANGUAGE = Map.ofEntries(
            Map.entry("en", english()),
            Map.entry("de", german()),
            Map.entry("fr", french()),
            Map.entry("es", spanish()),
            Map.entry("it", italian()),
            Map.entry("pt", portuguese()),
            Map.entry("ru", russian()),
            Map.entry("nl", dutch()),
            Map.entry("pl", polish()),
            Map.entry("cs", czech()),
            Map.entry("hu", hungarian()),
            Map.entry("tr", turkish()),
            Map.entry("ar", arabic()));

    static LanguageRules english() {
        return of(new EnglishNumbers())
                .abbreviations("mrs", "misess", "mr", "mister", "dr", "doctor", "st", "saint", "co", "company")
                .abbreviations("jr", "junior", "maj", "major", "gen", "general", "drs", "doctors", "rev", "reverend")
                .abbreviations("lt", "lieutenant", "hon", "honorable", "sgt", "sergeant", "capt", "captain")
                .abbreviations("esq", "esquire", "ltd", "limited", "col", "colonel", "ft", "fort")
                .symbols("and", "at", "percent", "hash", "dollar", "pound", "degree")
                .thousands(Thousands.COMMA)
                .ordinals("st", "nd", "rd", "th")
                .build();
    }

    private static LanguageRules german() {
        return of(new GermanNumbers())
                .abbreviations("fr", "frau", "dr", "doktor", "st", "sankt", "co", "firma", "jr", "junior")
                .symbols("und", "at", "prozent", "raute", "dollar", "pfund", "grad")
                .ordinals("st", "nd", "rd", "th", "º", "ª")
                .ordinalStop()
                .beforeCents(" und ")
                .build();
    }

    private static LanguageRules french() {
        return of(new FrenchNumbers())
                .abbreviations("mme", "madame", "mr", "monsieur", "dr", "docteur", "st", "saint", "co", "compagnie")
                .abbreviations("jr", "junior", "ltd", "limitée")
                .symbols("et", "arobase", "pour cent", "dièse", "dollar", "livre", "degrés")
                .ordinals("º", "ª", "er", "re", "e", "ème")
                .beforeCents(" et ")
                .build();
    }

    private static LanguageRules spanish() {
        return of(new SpanishNumbers())
                .abbreviations("sra", "señora", "sr", "señor", "dr", "doctor", "dra", "doctora", "st", "santo")
                .abbreviations("co", "compañía", "jr", "junior", "ltd", "limitada")
                .symbols("y", "arroba", "por ciento", "numeral", "dolar", "libra", "grados")
                .ordinals("º", "ª", "er", "o", "a", "os", "as")
                .beforeCents(" con ")
                .build();
    }

    private static LanguageRules italian() {
        return of(new ItalianNumbers())
                .abbreviations("sig", "signore", "dr", "dottore", "st", "santo", "co", "compagnia", "jr", "junior")
                .abbreviations("ltd", "limitata")
                .symbols("e", "chiocciola", "per cento", "cancelletto", "dollaro", "sterlina", "gradi")
                .ordinals("º", "°", "ª", "o", "a", "i", "e")
                .beforeCents(" e ")
                .build();
    }

    private static LanguageRules portuguese() {
        return of(new PortugueseNumbers())
                .abbreviations("sra", "senhora", "sr", "senhor", "dr", "doutor", "dra", "doutora", "st", "santo")
                .abbreviations("co", "companhia", "jr", "júnior", "ltd", "limitada")
                .symbols("e", "arroba", "por cento", "cardinal", "dólar", "libra", "graus")
                .ordinals("º", "ª", "o", "a", "os", "as")
                .beforeCents(" e ")
                .build();
    }

    private static LanguageRules russian() {
        return of(new RussianNumbers())
                .abbreviations("г-жа", "госпожа", "г-н", "господин", "д-р", "доктор")
                .abbreviationsWithoutStop()
                .symbols("и", "собака", "процентов", "номер", "доллар", "фунт", "градус")
                .thousands(Thousands.COMMA)
                .ordinals("-й", "-я", "-е", "-ое", "-ье", "-го")
                .build();
    }

    private static LanguageRules dutch() {
        return of(new DutchNumbers())
                .abbreviations("dhr", "de heer", "mevr", "mevrouw", "dr", "dokter", "jhr", "jonkheer")
                .symbols("en", "bij", "procent", "hekje", "dollar", "pond", "graden")
                .ordinals("de", "ste", "e")
                .build();
    }

    private static LanguageRules polish() {
        return of(new PolishNumbers())
                .abbreviations("p", "pani", "m", "pan", "dr", "doktor", "sw", "święty", "jr", "junior")
                .symbols("i", "małpa", "procent", "krzyżyk", "dolar", "funt", "stopnie")
                .ordinals("º", "ª", "st", "nd", "rd", "th")
                .build();
    }

    private static LanguageRules czech() {
        return of(new CzechNumbers())
                .abbreviations("dr", "doktor", "ing", "inženýr", "p", "pan")
                .symbols("a", "na", "procento", "křížek", "dolar", "libra", "stupně")
                .ordinalStop()
                .build();
    }

    private static LanguageRules hungarian() {
        return of(new HungarianNumbers())
                .abbreviations("dr", "doktor", "b", "bácsi", "nőv", "nővér")
                .symbols("és", "kukac", "százalék", "kettőskereszt", "dollár", "font", "fok")
                .ordinals(".", "adik", "edik", "odik", "ödik", "ödike", "ik")
                .build();
    }

    private static LanguageRules turkish() {
        return of(new TurkishNumbers())
                .abbreviations("b", "bay", "byk", "büyük", "dr", "doktor")
                .symbols("ve", "at", "yüzde", "diyez", "dolar", "sterlin", "derece")
                .ordinals(".", "inci", "nci", "uncu", "üncü")
                .withoutDecimals()
                .dottedCapitalI()
                .build();
    }

    private static LanguageRules arabic() {
        return of(new ArabicNumbers())
                .symbols("و", "على", "في المئة", "رقم", "دولار", "جنيه", "درجة")
                .ordinals("ون", "ين", "ث", "ر", "ى")
                .build();
    }

    private static Builder of(NumberWords numbers) {
        return new Builder(numbers);
    }

    private static final class Builder {
        private final NumberWords numbers;
        private final List<Abbreviation> abbreviations = new ArrayList<>();
        private final List<Symbol> symbols = new ArrayList<>();
        private boolean abbreviationsEndInStop = true;
        private Thousands thousands = Thousands.FULL_STOP;
        private List<String> ordinalSuffixes = List.of();
        private boolean ordinalStop;
        private boolean readsDecimals = true;
        private String beforeCents = ", ";
        private boolean dottedCapitalI;

        Builder(NumberWords numbers) {
            this.numbers = numbers;
        }

        Builder abbreviations(String... lettersAndMeanings) {
            for (int i = 0; i < lettersAndMeanings.length; i += 2) {
                abbreviations.add(new Abbreviation(lettersAndMeanings[i], lettersAndMeanings[i + 1]));
            }
            return this;
        }

        Builder abbreviationsWithoutStop() {
            abbreviationsEndInStop = false;
            return this;
        }

        /** In the order of {@link #SYMBOLS}. */
        Builder symbols(String... meanings) {
            for (int i = 0; i < SYMBOLS.length; i++) {
                symbols.add(new Symbol(SYMBOLS[i], ' ' + meanings[i] + ' '));
            }
            return this;
        }

        Builder thousands(Thousands separator) {
            thousands = separator;
            return this;
        }

        Builder ordinals(String... suffixes) {
            ordinalSuffixes = List.of(suffixes);
            return this;
        }

        Builder ordinalStop() {
            ordinalStop = true;
            return this;
        }

        Builder withoutDecimals() {
            readsDecimals = false;
            return this;
        }

        Builder beforeCents(String words) {
            beforeCents = words;
            return this;
        }

        Builder dottedCapitalI() {
            dottedCapitalI = true;
            return this;
        }

        LanguageRules build() {
            return new LanguageRules(
                    List.copyOf(abbreviations),
                    abbreviationsEndInStop,
                    List.copyOf(symbols),
                    thousands,
                    ordinalSuffixes,
                    ordinalStop,
                    readsDecimals,
                    beforeCents,
                    dottedCapitalI,
                    numbers);
        }
    }
}
