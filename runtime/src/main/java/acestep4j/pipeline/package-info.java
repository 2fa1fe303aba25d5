/** The tasks, one class for each: what happens to a request on its way to sound. */
package acestep4j.pipeline;
