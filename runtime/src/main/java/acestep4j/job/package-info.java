/** Music made in the background: jobs in a bounded queue, their progress, and sound that is heard while it is made. */
package acestep4j.job;
