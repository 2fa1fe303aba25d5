/** Making music: open a bundle with {@link acestep4j.AceStep}, ask for a piece with {@link acestep4j.request.TextToMusicRequest}. */
package acestep4j;
