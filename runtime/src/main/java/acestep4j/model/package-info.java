/** The model's parts, one class for each graph. */
package acestep4j.model;
