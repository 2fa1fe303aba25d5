/** From words to token ids: the prompt for the text encoder, the lyrics line by line for the lyric encoder. */
package acestep4j.text;
