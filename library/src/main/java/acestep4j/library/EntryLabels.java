package acestep4j.library;

import acestep4j.InvalidRequestException;
import acestep4j.request.RequestRules;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an entry is looked up by, beside its recipe; says nothing about its sound. Immutable.
 *
 * @param name the piece's name; empty for none
 * @param style such as {@code battle}; empty for none
 * @param tags words of any kind, none of them empty
 */
public record EntryLabels(String name, String style, SortedSet<String> tags) {

    /** @throws InvalidRequestException naming a label that is missing, isn't valid Unicode, or is an empty tag */
    public EntryLabels {
        RequestRules.text("name", name);
        RequestRules.text("style", style);
        for (String tag : tags) {
            RequestRules.text("tags", tag);
            if (tag.isBlank()) {
                throw new InvalidRequestException("tags", "expected words, found an empty one; leave it out");
            }
        }
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
    }

    /** Only a name. */
    public static EntryLabels named(String name) {
        return new EntryLabels(name, "", new TreeSet<>());
    }

    public EntryLabels withStyle(String text) {
        return new EntryLabels(name, text, tags);
    }

    public EntryLabels withTags(String... words) {
        return new EntryLabels(name, style, new TreeSet<>(List.of(words)));
    }
}
