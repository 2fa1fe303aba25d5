package acestep4j.text;

import java.util.Arrays;

/** A growing array of code points or ids. */
final class IntList {
    private int[] values;
    private int size;

    IntList(int capacity) {
        values = new int[Math.max(capacity, 16)];
    }

    void add(int value) {
        reserve(1);
        values[size++] = value;
    }

    void addAll(int[] source, int from, int to) {
        reserve(to - from);
        System.arraycopy(source, from, values, size, to - from);
        size += to - from;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }

    private void reserve(int more) {
        if (size + more > values.length) {
            values = Arrays.copyOf(values, Math.max(size + more, 2 * values.length));
        }
    }
}
