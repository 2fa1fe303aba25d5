/** Whether music that was made is fit to be heard, and what is done when it isn't. */
package acestep4j.quality;
