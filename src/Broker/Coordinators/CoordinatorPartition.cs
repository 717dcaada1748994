namespace Gateway.Broker.Coordinators;

/// <summary>
/// Which partition of an internal topic a key lives in. Kafka's own rule, kept because tools and other brokers count on finding a
/// group's offsets there.
/// </summary>
public static class CoordinatorPartition
{
    /// <summary>The absolute value of Java's String.hashCode, modulo the number of partitions.</summary>
    public static int Of(string key, int partitionCount)
    {
        int hash = 0;
        foreach (char c in key) hash = unchecked(31 * hash + c);
        // Java's abs of the smallest int is negative; Kafka takes 0 for it.
        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitionCount;
    }
}
