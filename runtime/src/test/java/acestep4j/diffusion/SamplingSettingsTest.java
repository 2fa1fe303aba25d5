package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import org.junit.jupiter.api.Test;

class SamplingSettingsTest {
    @Test
    void theMiddleOfTheScheduleIsGuided() {
        SamplingSettings settings = new SamplingSettings(15, 0.5, 0, 3);
        assertFalse(settings.guides(1, 10));
        assertTrue(settings.guides(2, 10));
        assertTrue(settings.guides(6, 10));
        assertFalse(settings.guides(7, 10));
        assertEquals(15, settings.guidanceScale(4, 10));
    }

    @Test
    void scales0And1GuideNothing() {
        assertFalse(new SamplingSettings(0, 1, 0, 3).guides(5, 10));
        assertFalse(new SamplingSettings(1, 1, 0, 3).guides(5, 10));
        assertTrue(new SamplingSettings(0.5, 1, 0, 3).guides(5, 10));
    }

    @Test
    void decayLeadsFromTheScaleToTheMinimum() {
        SamplingSettings settings = new SamplingSettings(15, 1, 1, 3);
        assertEquals(15, settings.guidanceScale(0, 5));
        assertEquals(9, settings.guidanceScale(2, 5));
        assertEquals(3, settings.guidanceScale(4, 5));
        assertEquals(9, new SamplingSettings(15, 1, 0.5, 3).guidanceScale(4, 5));
    }

    /** The official code divides by zero here. */
    @Test
    void decayOverASingleStepKeepsTheScale() {
        assertEquals(15, new SamplingSettings(15, 1, 1, 3).guidanceScale(0, 1));
    }

    @Test
    void impossibleSettingsAreRefusedByName() {
        assertRefused("guidanceScale", () -> new SamplingSettings(-1, 0.5, 0, 3));
        assertRefused("guidanceScale", () -> new SamplingSettings(Double.NaN, 0.5, 0, 3));
        assertRefused("guidanceInterval", () -> new SamplingSettings(15, 1.01, 0, 3));
        assertRefused("guidanceInterval", () -> new SamplingSettings(15, -0.1, 0, 3));
        assertRefused("guidanceIntervalDecay", () -> new SamplingSettings(15, 0.5, Double.POSITIVE_INFINITY, 3));
        assertRefused("minGuidanceScale", () -> new SamplingSettings(15, 0.5, 0, -3));
    }

    private static void assertRefused(String field, Runnable made) {
        assertEquals(
                field, assertThrows(InvalidRequestException.class, made::run).field());
    }
}
