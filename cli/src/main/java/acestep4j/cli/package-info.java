/** The command line. */
package acestep4j.cli;
