using CsCheck;
using Veer.Matching;
using Xunit;

namespace Veer.Tests.Matching;

public class EvenDrawsTests
{
    [Fact]
    public void Counts_differ_by_at_most_one_in_a_call_and_over_all_calls() =>
        (from count in Gen.Int[1, 30]
         from draws in Gen.Int[0, 70].Array[1, 8]
         from seed in Gen.Int[0, 1000]
         select (count, draws, seed)).SampleFixed(sample =>
         {
             var even = new EvenDraws(sample.count);
             var total = new int[sample.count];
             for (int call = 0; call < sample.draws.Length; call++)
             {
                 int[] taken = even.Take(sample.draws[call], RandomKey.From(sample.seed, "even").At(call));
                 Assert.Equal(sample.draws[call], taken.Length);
                 var counts = new int[sample.count];
                 foreach (int item in taken) counts[item]++;
                 Assert.InRange(counts.Max() - counts.Min(), 0, 1);
                 for (int item = 0; item < sample.count; item++) total[item] += counts[item];
                 Assert.InRange(total.Max() - total.Min(), 0, 1);
             }
         }, iter: 200);

    [Fact]
    public void Every_item_is_as_likely_as_any_other_and_every_order_too()
    {
        const int Trials = 6000;
        var first = new int[5];
        var orders = new Dictionary<string, int>();
        for (int trial = 0; trial < Trials; trial++)
        {
            first[new EvenDraws(5).Take(1, RandomKey.From(trial, "even"))[0]]++;
            string order = string.Concat(EvenDraws.Shuffled(3, RandomKey.From(trial, "order")));
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }
        // five standard deviations
        Assert.All(first, count => Assert.InRange(count, 1200 - 155, 1200 + 155));
        Assert.Equal(6, orders.Count);
        Assert.All(orders.Values, count => Assert.InRange(count, 1000 - 145, 1000 + 145));
    }
}
