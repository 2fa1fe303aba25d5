/**
 * What can be asked for: one kind of request for each task of ACE-Step v1. Every request is checked when it is built,
 * and takes the bundle's defaults for what it leaves open.
 */
package acestep4j.request;
