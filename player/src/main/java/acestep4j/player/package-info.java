/** Music that plays: a player for {@code javax.sound.sampled}, and music that follows a game. */
package acestep4j.player;
